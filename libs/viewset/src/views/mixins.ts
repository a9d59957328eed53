import type { StandardActionName } from '../actions/standard-actions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from './generic.viewset.js';
import { ModelViewSet } from './model.viewset.js';

/** A class to extend that makes `V`. */
export type ViewSetBase<V> = abstract new () => V;

/** What {@link ListMixin} adds. */
export interface ListActions<T extends object> {
  list(context: ActionContext<T>): Promise<object>;
}

/** What {@link RetrieveMixin} adds. */
export interface RetrieveActions<T extends object> {
  retrieve(context: ActionContext<T>): Promise<object>;
}

/** What {@link CreateMixin} adds. */
export interface CreateActions<T extends object, I extends object> {
  create(context: ActionContext<T, I>): Promise<object>;
}

/** What {@link UpdateMixin} adds. */
export interface UpdateActions<T extends object, I extends object> {
  update(context: ActionContext<T, I>): Promise<object>;
  partialUpdate(context: ActionContext<T, I>): Promise<object>;
}

/** What {@link DestroyMixin} adds. */
export interface DestroyActions<T extends object> {
  destroy(context: ActionContext<T>): Promise<void>;
}

/**
 * Adds `list` to a ViewSet class. Mixins are put around each other.
 *
 * @example
 * class LogViewSet extends ListMixin(CreateMixin(GenericViewSet<Log>)) {}
 */
export function ListMixin<T extends object, I extends object, V>(
  base: ViewSetBase<V & GenericViewSet<T, I>>,
): ViewSetBase<V & ListActions<T>> {
  return withActions(base, ['list']);
}

/** Adds `retrieve` to a ViewSet class, as {@link ListMixin} does with `list`. */
export function RetrieveMixin<T extends object, I extends object, V>(
  base: ViewSetBase<V & GenericViewSet<T, I>>,
): ViewSetBase<V & RetrieveActions<T>> {
  return withActions(base, ['retrieve']);
}

/** Adds `create` to a ViewSet class, as {@link ListMixin} does with `list`. */
export function CreateMixin<T extends object, I extends object, V>(
  base: ViewSetBase<V & GenericViewSet<T, I>>,
): ViewSetBase<V & CreateActions<T, I>> {
  return withActions(base, ['create']);
}

/** Adds `update` and `partialUpdate` to a ViewSet class, as {@link ListMixin} does with `list`. */
export function UpdateMixin<T extends object, I extends object, V>(
  base: ViewSetBase<V & GenericViewSet<T, I>>,
): ViewSetBase<V & UpdateActions<T, I>> {
  return withActions(base, ['update', 'partialUpdate']);
}

/** Adds `destroy` to a ViewSet class, as {@link ListMixin} does with `list`. */
export function DestroyMixin<T extends object, I extends object, V>(
  base: ViewSetBase<V & GenericViewSet<T, I>>,
): ViewSetBase<V & DestroyActions<T>> {
  return withActions(base, ['destroy']);
}

function withActions<R>(base: ViewSetBase<object>, names: readonly StandardActionName[]): ViewSetBase<R> {
  abstract class Extended extends base {}
  for (const name of names) {
    // The very methods of ModelViewSet, which the compiler knows: nobody overrode them.
    const value = ModelViewSet.prototype[name];
    Object.defineProperty(Extended.prototype, name, { value, configurable: true, writable: true });
  }
  return Extended as unknown as ViewSetBase<R>;
}
