import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';

/** Reads the rows that the query asks for, a page of them unless pagination is off. */
export async function list<T extends object>(view: GenericViewSet<T>, context: ActionContext<T>): Promise<object> {
  const { resource } = View.compiled(view);
  return resource.listing.list(await resource.narrowed(view, context), context);
}
