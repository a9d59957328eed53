import type { Page } from '../pagination/page-number.pagination.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';

/** Reads the rows that the query asks for, a page of them unless pagination is off. */
export async function list<T extends object>(
  view: GenericViewSet<T>,
  context: ActionContext<T>,
): Promise<Page<object> | readonly object[]> {
  const { resource } = View.compiled(view);
  const { listing, pagination } = resource;
  const query = listing.readQuery(context.request);
  const found = listing.narrow(await resource.narrowed(view, context), query);
  if (!pagination) return resource.read(listing.sort(found, query));
  const asked = pagination.read(query);
  const [count, rows] = await Promise.all([
    found.count(),
    resource.read(listing.sort(found, query).limit(asked.pageSize).offset(asked.offset)),
  ]);
  if (count === 0) await listing.checkRelated(query);
  return pagination.page(context.request, asked, count, rows);
}
