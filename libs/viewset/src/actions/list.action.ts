import type { QuerySet } from '@core-framework/orm';
import type { ActionContext } from '../pipeline/action-context.js';
import { isLater } from '../pipeline/later.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';
import { isOnDeleted } from './standard-actions.js';

/** Reads the rows that the query asks for, a page of them unless pagination is off. */
export async function list<T extends object>(view: GenericViewSet<T>, context: ActionContext<T>): Promise<object> {
  const { resource } = View.compiled(view);
  const narrowed = resource.narrowed(view, context);
  const rows = isLater(narrowed) ? await narrowed : narrowed;
  return resource.listing.list(isOnDeleted(context.action) ? await deletable(rows, context) : rows, context);
}

/**
 * Deleted rows are shown to those who may delete them, object by object. What a permission agrees to must be told before
 * the rows are read, to be counted and cut into pages: one that cannot tell agrees to none.
 */
async function deletable<T extends object>(rows: QuerySet<T>, context: ActionContext<T>): Promise<QuerySet<T>> {
  const { authorization } = context;
  if (!authorization?.checksObjects) return rows;
  const agreed = await authorization.objectLookups(context);
  return agreed ? rows.where(agreed) : rows.none();
}
