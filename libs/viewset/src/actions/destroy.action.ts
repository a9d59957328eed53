import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';

/** Deletes a row with the hooks around it. */
export async function destroy<T extends object>(view: GenericViewSet<T>, context: ActionContext<T>): Promise<void> {
  const { instance } = context;
  await view.beforeDestroy(instance, context);
  await view.performDestroy(instance, context);
  await view.afterDestroy(instance, context);
}
