import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import type { BulkChange } from './bulk-reader.js';

/** Writes many new rows with the hooks of each around them. */
export async function bulkCreate<T extends object, I extends object>(
  view: GenericViewSet<T, I>,
  context: ActionContext<T, readonly I[]>,
): Promise<readonly T[]> {
  const { input: inputs } = context;
  for (const data of inputs) await view.beforeCreate(data, context.forRow(data));
  const objects = await view.performBulkCreate(inputs, context);
  for (const [index, object] of objects.entries()) {
    await view.afterCreate(object, context.forRow(inputs[index] as I, object));
  }
  return objects;
}

/** Changes many rows with the hooks of each around them. */
export async function bulkUpdate<T extends object, I extends object>(
  view: GenericViewSet<T, I>,
  context: ActionContext<T, readonly BulkChange<T, I>[]>,
): Promise<readonly T[]> {
  const { input: changes } = context;
  for (const { instance, input } of changes) await view.beforeUpdate(instance, input, context.forRow(input, instance));
  const objects = await view.performBulkUpdate(changes, context);
  for (const [index, object] of objects.entries()) {
    await view.afterUpdate(object, context.forRow((changes[index] as BulkChange<T, I>).input, object));
  }
  return objects;
}

/** Deletes many rows with the hooks of each around them. */
export async function bulkDestroy<T extends object>(
  view: GenericViewSet<T>,
  context: ActionContext<T, readonly T[]>,
): Promise<void> {
  const { input: instances } = context;
  for (const instance of instances) await view.beforeDestroy(instance, context.forRow({}, instance));
  await view.performBulkDestroy(instances, context);
  for (const instance of instances) await view.afterDestroy(instance, context.forRow({}, instance));
}
