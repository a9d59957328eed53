import type { JsonSchema } from '@core-framework/orm';
import { type OffsetPage, PAGE_LAYOUTS, type PageLayout, schemaWith } from './page-format.js';
import { type ListQuery, type PagedList, Pagination } from './pagination.js';
import type { ResolvedPaginationOptions } from './pagination.options.js';

/** The rows that a query asks for. */
export interface Window {
  /** Rows before the first one. */
  readonly offset: number;
  readonly limit: number;
}

/** What was read of a list. */
export type Cut = Pick<OffsetPage, 'rows' | 'count' | 'hasNext'>;

/** What the paginations that skip rows have in common. */
export abstract class OffsetPagination extends Pagination {
  protected readonly layout: PageLayout;

  constructor(readonly options: ResolvedPaginationOptions) {
    super();
    this.layout = PAGE_LAYOUTS[options.format];
  }

  override get rowsMember(): string {
    return this.layout.rowsMember;
  }

  /** Reads which rows the query asks for. */
  protected abstract windowOf(query: ListQuery): Window;

  /** The address of the page that begins at another place. */
  protected abstract linkTo(list: PagedList, window: Window): string;

  /** Refuses a page that is none. */
  protected check(_window: Window, _cut: Cut): void {}

  override async paginate(list: PagedList): Promise<object> {
    const window = this.windowOf(list.query);
    const cut = await this.#cut(list, window);
    this.check(window, cut);
    const { offset, limit } = window;
    return this.layout.members({
      ...cut,
      offset,
      limit,
      next: cut.hasNext ? this.linkTo(list, { offset: offset + limit, limit }) : null,
      previous: offset > 0 ? this.linkTo(list, { offset: Math.max(0, offset - limit), limit }) : null,
    });
  }

  override schemaOf(row: JsonSchema): JsonSchema {
    const members = this.layout.schemas({ type: 'array', items: row });
    const { [this.layout.countMember]: _count, ...uncounted } = members;
    return schemaWith(this.options.count === 'none' ? uncounted : members);
  }

  async #cut(list: PagedList, { offset, limit }: Window): Promise<Cut> {
    if (this.options.count === 'exact') {
      const [count, rows] = await Promise.all([list.count(), list.read(list.rows.limit(limit).offset(offset))]);
      return { rows, count, hasNext: offset + limit < count };
    }
    // One row more than is shown tells whether there is a next page.
    const [estimate, found] = await Promise.all([
      this.options.count === 'estimated' ? list.estimate() : undefined,
      list.read(list.rows.limit(limit + 1).offset(offset)),
    ]);
    const rows = found.slice(0, limit);
    const hasNext = found.length > limit;
    // What has been seen is better known than any estimate; beyond the end nothing was.
    const seen = offset + found.length;
    const isEnd = !hasNext && (found.length > 0 || offset === 0);
    const count = estimate === undefined ? undefined : isEnd ? seen : Math.max(estimate, found.length ? seen : 0);
    return { rows, count, hasNext };
  }
}
