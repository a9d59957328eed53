import { isModel } from '@core-framework/orm';
import { Controller } from '@nestjs/common';
import { MissingModelError } from '../errors/viewset.errors.js';
import { type AnyClass, recordViewSet, resolvedViewSet } from '../metadata/viewset.metadata.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import { defineRouteHandlers } from '../routing/route-handlers.js';
import { pathOf } from '../routing/nested-path.js';
import { planRoutes } from '../routing/route-plan.js';
import { viewKindOf } from '../views/view-kind.js';

/**
 * Makes a class a Nest controller that serves a model, or, on an {@link ApiView}, whatever its methods answer.
 * Register it with `ViewSetModule.forFeature([…])` or among a module's `controllers`.
 *
 * What a subclass does not say is inherited from its parent, permissions included.
 *
 * @throws UnknownOptionError, InvalidOptionError, UnknownActionError, DuplicateRouteError, MissingModelError when the class is defined.
 * @example
 * @ViewSet({ model: Post, permissions: [IsAuthenticatedOrReadOnly] })
 * class PostViewSet extends ModelViewSet<Post> {}
 */
export function ViewSet<T extends object>(options: ViewSetOptions<T>): ClassDecorator {
  return (target) => {
    const view = target as unknown as AnyClass;
    recordViewSet(view, options);
    const resolved = resolvedViewSet(view);
    if (viewKindOf(view) === 'model' && !isModel(resolved.model)) throw new MissingModelError(view.name);
    const routes = planRoutes(view, resolved);
    const path = pathOf(view, resolved);
    defineRouteHandlers(view, routes, resolved);
    Controller(path)(target);
  };
}
