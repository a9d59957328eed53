import type { FastifyInstance } from 'fastify';

/** A route of the application: its verb and its path, parameters as `:name`. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Notes the routes of an application while it registers them. */
export class RegisteredRoutes {
  readonly #routes = new Map<string, Route>();

  attachTo(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const verb of [method].flat()) this.#routes.set(`${verb} ${url}`, { method: verb, path: url });
    });
  }

  /** All routes, in the order of their paths; both forms of a path that may end with a slash are one. */
  get all(): readonly Route[] {
    const merged = new Map<string, Route>();
    for (const { method, path } of this.#routes.values()) {
      const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
      if (plain !== '*') merged.set(`${method} ${plain}`, { method, path: plain });
    }
    return [...merged.values()].toSorted((a, b) => order(a).localeCompare(order(b)));
  }
}

function order({ method, path }: Route): string {
  return `${path} ${method}`;
}
