import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';

/** Changes a row with the hooks around it; PUT and PATCH differ only in how the input was read. */
export async function update<T extends object, I extends object>(
  view: GenericViewSet<T, I>,
  context: ActionContext<T, I>,
): Promise<T> {
  const { instance, input } = context;
  await view.beforeUpdate(instance, input, context);
  const object = await view.performUpdate(instance, input, context);
  await view.afterUpdate(object, context);
  return object;
}
