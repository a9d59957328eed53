import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';

/** Brings a soft-deleted row back with the hooks around it. */
export async function restore<T extends object>(view: GenericViewSet<T>, context: ActionContext<T>): Promise<T> {
  const { instance } = context;
  await view.beforeRestore(instance, context);
  await view.performRestore(instance, context);
  await view.afterRestore(instance, context);
  return instance;
}
