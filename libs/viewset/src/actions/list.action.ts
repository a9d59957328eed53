import type { ActionContext } from '../pipeline/action-context.js';
import { isLater } from '../pipeline/later.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';

/** Reads the rows that the query asks for, a page of them unless pagination is off. */
export async function list<T extends object>(view: GenericViewSet<T>, context: ActionContext<T>): Promise<object> {
  const { resource } = View.compiled(view);
  const rows = resource.narrowed(view, context);
  return resource.listing.list(isLater(rows) ? await rows : rows, context);
}
