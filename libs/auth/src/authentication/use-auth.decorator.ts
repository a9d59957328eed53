import { HANDLER_ROUTE, type RouteHandler } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';

const USE_AUTH = Symbol.for('@core-framework/auth:use-auth');

/**
 * Lets callers in by these backends only, in this order: on a view, a controller or one of their methods, which wins.
 * Credentials of other kinds are passed over, as if the request did not carry them.
 *
 * @example
 * ```ts
 * @UseAuth('jwt', 'api_key')
 * @ViewSet({ model: Report })
 * class ReportViewSet extends ModelViewSet<Report> {}
 * ```
 */
export function UseAuth(...backends: readonly [string, ...string[]]): ClassDecorator & MethodDecorator {
  return (target: object, method?: string | symbol) => {
    if (method === undefined) Reflect.defineMetadata(USE_AUTH, backends, target);
    else Reflect.defineMetadata(USE_AUTH, backends, target.constructor, method);
  };
}

/** The backends that a class or one of its methods names, `undefined` for all. */
export function namedBackends({ type, method }: RouteHandler): readonly string[] | undefined {
  const own = Reflect.getMetadata(USE_AUTH, type, method) as readonly string[] | undefined;
  return own ?? (Reflect.getMetadata(USE_AUTH, type) as readonly string[] | undefined);
}

/** All backends that a class names anywhere, for the check at start-up. */
export function allNamedBackends(type: RouteHandler['type']): readonly string[] {
  const methods = Object.getOwnPropertyNames(type.prototype);
  return ['', ...methods].flatMap((method) => namedBackends({ type, method }) ?? []);
}

/** What answers a request, where its route says so. */
export function handlerOf(request: FastifyRequest): RouteHandler | undefined {
  // Absent in requests that never had a route, such as those of tests.
  const config = request.routeOptions?.config as { readonly [HANDLER_ROUTE]?: RouteHandler } | undefined;
  return config?.[HANDLER_ROUTE];
}
