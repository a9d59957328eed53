import { isModel, modelDefinition } from '@core-framework/orm';
import { Controller } from '@nestjs/common';
import { InvalidOptionError, MissingModelError } from '../errors/viewset.errors.js';
import { type AnyClass, recordViewSet, resolvedViewSet } from '../metadata/viewset.metadata.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import { defineRouteHandlers } from '../routing/route-handlers.js';
import { planRoutes } from '../routing/route-plan.js';
import { ApiView } from '../views/api.view.js';

/**
 * Makes a class a Nest controller that serves a model, or, on an {@link ApiView}, whatever its methods answer.
 * Register it with `ViewSetModule.forFeature([…])` or among a module's `controllers`.
 *
 * What a subclass does not say is inherited from its parent, permissions included.
 *
 * @throws UnknownOptionError, UnknownActionError, DuplicateRouteError, MissingModelError when the class is defined.
 * @example
 * @ViewSet({ model: Post, permissions: [IsAuthenticatedOrReadOnly] })
 * class PostViewSet extends ModelViewSet<Post> {}
 */
export function ViewSet<T extends object>(options: ViewSetOptions<T>): ClassDecorator {
  return (target) => {
    const view = target as unknown as AnyClass;
    const isApiView = view.prototype instanceof ApiView;
    recordViewSet(view, options);
    const resolved = resolvedViewSet(view);
    if (!isApiView && !isModel(resolved.model)) throw new MissingModelError(view.name);
    const routes = planRoutes(view, resolved, isApiView);
    defineRouteHandlers(view, routes);
    Controller(pathOf(view, resolved))(target);
  };
}

function pathOf(view: AnyClass, { path, model }: ViewSetOptions): string {
  if (path !== undefined) return path;
  if (model) return modelDefinition(model).tableName.replaceAll('_', '-');
  throw new InvalidOptionError(`@ViewSet of ${view.name}`, 'there is no model to take a path from.', 'Set "path".');
}
