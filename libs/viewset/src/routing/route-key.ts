/** Key of Fastify's route config under which a route of a view names itself. */
export const VIEWSET_ROUTE = 'coreViewSetRoute';

/** Extension under which an operation of the OpenAPI document names the route it stands for. */
export const OPENAPI_MARKER = 'x-core-route';

/** Names one route of one view across the application: classes may share names, so they are counted. */
export function routeId(view: object, action: string, verb: string): string {
  let number = numbers.get(view);
  if (number === undefined) numbers.set(view, (number = ++last));
  return `${number}.${action}.${verb}`;
}

const numbers = new WeakMap<object, number>();
let last = 0;
