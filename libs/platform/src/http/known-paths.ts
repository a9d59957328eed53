import type { RouteOptions } from 'fastify';
import Router, { type HTTPMethod } from 'find-my-way';

const VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies readonly HTTPMethod[];

/** Knows for which verbs a path has routes, since Fastify's own router only tells that it found none. */
export class KnownPaths {
  readonly #verbsByPattern = new Map<string, Set<string>>();
  #router?: Router.Instance<Router.HTTPVersion.V1>;

  add({ url, method }: Pick<RouteOptions, 'url' | 'method'>): void {
    // Stands for no resource: @fastify/cors answers preflights there.
    if (url === '*') return;
    const verbs = this.#verbsByPattern.get(url) ?? new Set();
    for (const verb of [method].flat()) verbs.add(verb.toUpperCase());
    this.#verbsByPattern.set(url, verbs);
  }

  /** The verbs that routes answer for the path of `url`, OPTIONS included; empty when no route has that path. */
  verbsOf(url: string): readonly string[] {
    const router = (this.#router ??= this.#build());
    const routed = VERBS.filter((verb) => router.find(verb, url) !== null);
    return routed.length === 0 || routed.includes('OPTIONS') ? routed : [...routed, 'OPTIONS'];
  }

  /** Built on first use: most applications never get such a request before they are long up. */
  #build(): Router.Instance<Router.HTTPVersion.V1> {
    const router = Router({ ignoreTrailingSlash: true });
    for (const [pattern, verbs] of this.#verbsByPattern) {
      const known = VERBS.filter((verb) => verbs.has(verb));
      if (known.length > 0) router.on(known, pattern, () => undefined);
    }
    return router;
  }
}
