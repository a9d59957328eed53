import type { ModulesContainer } from '@nestjs/core';
import { DuplicateRouteError } from '../errors/viewset.errors.js';
import { type AnyClass, ownViewSet, resolvedViewSet } from '../metadata/viewset.metadata.js';
import { View } from '../views/view.js';
import { modulePathOf } from './module-paths.js';
import { pathOf } from './nested-path.js';
import { planRoutes } from './route-plan.js';

/** Where Nest's `@Version()` is kept: actions of several versions are no rivals. */
const VERSION_KEY = '__version__';

/**
 * Makes sure that no two views answer the same verb on the same path, prefixes of modules included. To be called once
 * module paths are known and before routes are registered, since Nest and Fastify would only name the path.
 *
 * @throws DuplicateRouteError
 */
export function assertDistinctRoutes(modules: ModulesContainer): void {
  const owners = new Map<string, string>();
  for (const { metatype: module, controllers } of modules.values()) {
    for (const { metatype: view } of controllers.values()) {
      if (!isDecoratedView(view)) continue;
      const options = resolvedViewSet(view);
      const prefix = `${modulePathOf(module, modules)}/${pathOf(view, options)}`;
      for (const { action, verb, path } of planRoutes(view, options)) {
        const route = `${verb} ${`/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')}`;
        const shape = `${route.replace(/:\w+/g, ':')} ${versionOf(view, action)}`;
        const [owner, other] = [`${view.name}#${action}`, owners.get(shape)];
        if (other !== undefined) throw new DuplicateRouteError(route, other, owner);
        owners.set(shape, owner);
      }
    }
  }
}

function versionOf(view: AnyClass, action: string): string {
  const method: unknown = Reflect.get(view.prototype, action);
  return typeof method === 'function' ? [Reflect.getMetadata(VERSION_KEY, method)].flat().map(String).join() : '';
}

function isDecoratedView(type: unknown): type is AnyClass {
  return typeof type === 'function' && type.prototype instanceof View && ownViewSet(type as AnyClass) !== undefined;
}
