import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';

/** Writes a new row with the hooks around it. */
export async function create<T extends object, I extends object>(
  view: GenericViewSet<T, I>,
  context: ActionContext<T, I>,
): Promise<T> {
  await view.beforeCreate(context.input, context);
  const object = await view.performCreate(context.input, context);
  await view.afterCreate(object, context);
  return object;
}
