import { NotFoundException } from '@core-framework/common';
import { type Cut, OffsetPagination, type Window } from './offset.pagination.js';
import { linkWith } from './page-link.js';
import { PAGE_SIZE_PARAMETER, readSize, sizeParameter, textOf } from './page-size.js';
import type { ListQuery, PagedList, QueryParameter } from './pagination.js';

/** One page of a list in the format `links`, as `list` answers it. */
export interface Page<R = unknown> {
  /** Rows on all pages together; absent when they are not counted. */
  readonly count?: number;
  /** Absolute address of the next page, `null` on the last one. */
  readonly next: string | null;
  /** Absolute address of the page before, `null` on the first one. */
  readonly previous: string | null;
  readonly results: readonly R[];
}

const PAGE_PARAMETER = 'page';

/** Cuts lists into numbered pages: `?page=2&pageSize=50`. A page that does not exist is 404, the first one always does. */
export class PageNumberPagination extends OffsetPagination {
  override readonly parameters: readonly QueryParameter[] = [
    { name: PAGE_PARAMETER, schema: { type: 'integer', minimum: 1, default: 1 }, description: 'Number of the page.' },
    sizeParameter(PAGE_SIZE_PARAMETER, this.options),
  ];

  /** @throws NotFoundException for something that can be the number of no page. */
  protected override windowOf(query: ListQuery): Window {
    const limit = readSize(query[PAGE_SIZE_PARAMETER], this.options);
    const text = textOf(query, PAGE_PARAMETER) ?? '1';
    const page = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    const offset = (page - 1) * limit;
    if (page < 1 || !Number.isSafeInteger(offset)) throw invalidPage();
    return { offset, limit };
  }

  /** @throws NotFoundException when there is no such page. */
  protected override check({ offset }: Window, { rows, count = Infinity }: Cut): void {
    const isBeyond = this.options.count === 'exact' ? offset >= count : rows.length === 0;
    if (offset > 0 && isBeyond) throw invalidPage();
  }

  protected override linkTo({ request }: PagedList, { offset, limit }: Window): string {
    return linkWith(request, { [PAGE_PARAMETER]: offset === 0 ? null : String(offset / limit + 1) });
  }
}

function invalidPage(): NotFoundException {
  return new NotFoundException('Invalid page.');
}
