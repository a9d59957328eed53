import type { ListQuery, QueryParameter } from './pagination.js';
import type { ResolvedPaginationOptions } from './pagination.options.js';

type Sizes = Pick<ResolvedPaginationOptions, 'pageSize' | 'maxPageSize'>;

/** The size that a query asks for: the default for what is none, the maximum for what is too large. */
export function readSize(text: string | undefined, { pageSize, maxPageSize }: Sizes): number {
  const size = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return size > 0 ? Math.min(size, maxPageSize) : pageSize;
}

/** Describes the parameter that {@link readSize} reads. */
export function sizeParameter(name: string, { pageSize, maxPageSize }: Sizes): QueryParameter {
  const schema = { type: 'integer', minimum: 1, maximum: maxPageSize, default: pageSize };
  return { name, schema, description: 'Rows of a page.' };
}

/** Tells names of lists' parameters from each other at a glance. */
export const PAGE_SIZE_PARAMETER = 'pageSize';

/** The text of a parameter, nothing being said when it is empty. */
export function textOf(query: ListQuery, name: string): string | undefined {
  return query[name] === '' ? undefined : query[name];
}
