import { NotFoundException } from '@core-framework/common';
import type { ActionContext } from '../pipeline/action-context.js';
import { isLater } from '../pipeline/later.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';

/** Reads one row: the object when somebody needed it (a permission, a hook, a computed field), else plain columns. */
export async function retrieve<T extends object>(view: GenericViewSet<T>, context: ActionContext<T>): Promise<object> {
  if (context.hasInstance) return context.instance;
  const { resource } = View.compiled(view);
  const rows = resource.narrowed(view, context);
  const found = resource.lookup.narrow(isLater(rows) ? await rows : rows, context.params).limit(1);
  const [row] = await resource.read(found, context.output);
  if (!row) throw new NotFoundException();
  return row;
}
