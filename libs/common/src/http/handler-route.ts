/** Key of Fastify's route config under which a route says which class and method answer it: a {@link RouteHandler}. */
export const HANDLER_ROUTE = 'coreHandler';

/** What answers a route. */
export interface RouteHandler {
  readonly type: abstract new (...args: never[]) => object;
  readonly method: string;
}
