import type { TestApp } from '@core-framework/testing';
import { type OpenApi, operationsOf } from '../fuzz/openapi-document.js';

type Inject = (request: {
  readonly method?: string;
  readonly url?: string;
}) => Promise<{ readonly statusCode: number }>;

interface Route {
  readonly method: string;
  readonly address: RegExp;
  readonly answers: ReadonlyMap<string, unknown>;
}

/** Compares the answers of an application with what its API document says of their operations. */
export class DocumentWatch {
  /** Refusals that the document does not know. */
  readonly findings = new Set<string>();

  private constructor(private readonly routes: readonly Route[]) {}

  static async over(app: TestApp): Promise<DocumentWatch> {
    const answer = await app.client.get('/openapi.json');
    const document = answer.status === 200 ? answer.json<OpenApi>() : { paths: {} };
    const routes = operationsOf(document).map(({ method, path, answers }) => {
      const pattern = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
      return { method, answers, address: new RegExp(`^${pattern}/?$`) };
    });
    const watch = new DocumentWatch(routes);
    watch.#listenTo(app);
    return watch;
  }

  #listenTo(app: TestApp): void {
    const fastify = app.nest.getHttpAdapter().getInstance() as unknown as { inject: Inject };
    const inject = fastify.inject.bind(fastify);
    fastify.inject = async (request) => {
      const answer = await inject(request);
      this.#note(request.method ?? 'GET', request.url ?? '', answer.statusCode);
      return answer;
    };
  }

  /** Errors of the server are everybody's, and no client's doing. */
  #note(method: string, url: string, status: number): void {
    // A verb that a path does not know is no operation, even where the path fits another one's parameter.
    if (status < 400 || status >= 500 || status === 405) return;
    const path = url.split('?')[0] ?? '';
    const known = this.routes.filter((route) => route.method === method && route.address.test(path));
    if (known.length === 0 || known.some(({ answers }) => answers.has(String(status)))) return;
    this.findings.add(`${method} ${path} → ${status}`);
  }
}
