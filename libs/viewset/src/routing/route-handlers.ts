import { HANDLER_ROUTE, LAZY_BODY_ROUTE } from '@core-framework/common';
import { Delete, Get, HttpCode, Patch, Post, Put, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { HttpVerb } from '../options/http-verb.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import { View } from '../views/view.js';
import { BODY_LIMIT_ROUTE } from './body-limit.js';
import { OPENAPI_MARKER, routeId, VIEWSET_ROUTE } from './route-key.js';
import type { PlannedRoute } from './route-plan.js';

const ROUTED_BY: Readonly<Record<HttpVerb, (path: string) => MethodDecorator>> = {
  GET: Get,
  POST: Post,
  PUT: Put,
  PATCH: Patch,
  DELETE: Delete,
};

/**
 * Gives a view one handler of its own per route. The action's method stays what it is, callable by other code
 * and by `super`; the handler stands beside it under a key that no method can have, and runs the pipeline.
 */
export function defineRouteHandlers(view: AnyClass, routes: readonly PlannedRoute[], viewSet: ViewSetOptions): void {
  const keys = new Set(routes.map((route) => defineRouteHandler(view, route, viewSet)));
  for (const inherited of handlerKeys(Object.getPrototypeOf(view.prototype) as object)) {
    // Nest routes what it finds on the prototypes above: what this class no longer has must be hidden from it.
    if (!keys.has(inherited)) Object.defineProperty(view.prototype, inherited, { value: undefined });
  }
}

function defineRouteHandler(view: AnyClass, route: PlannedRoute, viewSet: ViewSetOptions): string {
  const { action, verb, path, status, options } = route;
  const bodyLimit = options?.bodyLimit ?? viewSet.bodyLimit;
  const key = `${verb} ${action}`;
  const id = routeId(view, action, verb);
  const prototype = view.prototype as Record<string, unknown>;
  const handler = {
    [action](this: View, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
      return View.run(this, id, request, reply);
    },
  }[action] as (this: View, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;
  copyMetadata(prototype[action], handler);
  const descriptor = { value: handler, configurable: true, writable: true, enumerable: false };
  Object.defineProperty(prototype, key, descriptor);
  for (const decorate of [
    ROUTED_BY[verb](path),
    HttpCode(status),
    RouteConfig({
      [LAZY_BODY_ROUTE]: true,
      [VIEWSET_ROUTE]: id,
      [HANDLER_ROUTE]: { type: view, method: action },
      ...(bodyLimit !== undefined && { [BODY_LIMIT_ROUTE]: bodyLimit }),
    }),
  ]) {
    decorate(prototype, key, descriptor);
  }
  ApiExtension(OPENAPI_MARKER, id)(prototype, key, descriptor);
  Req()(prototype, key, 0);
  Res({ passthrough: true })(prototype, key, 1);
  return key;
}

/** Guards, interceptors and metadata that the application put on the method hold for its route. */
function copyMetadata(method: unknown, handler: object): void {
  if (typeof method !== 'function') return;
  for (const key of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, method), handler);
  }
}

function handlerKeys(prototype: object | null): string[] {
  if (!prototype || prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((name) => /^[A-Z]+ /.test(name));
  return [...own, ...handlerKeys(Object.getPrototypeOf(prototype) as object | null)];
}
