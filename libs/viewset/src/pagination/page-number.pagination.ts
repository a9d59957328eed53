import { NotFoundException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';
import { linkWith } from './page-link.js';

/** One page of a list, as it is sent. */
export interface Page<R = unknown> {
  /** Rows on all pages together. */
  readonly count: number;
  /** Absolute address of the next page, `null` on the last one. */
  readonly next: string | null;
  /** Absolute address of the page before, `null` on the first one. */
  readonly previous: string | null;
  readonly results: readonly R[];
}

/** Which rows a request asks for. */
export interface PageRequest {
  /** Counted from 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly offset: number;
}

/** The names of the query parameters. */
export const PAGE_PARAMETER = 'page';
export const PAGE_SIZE_PARAMETER = 'pageSize';

/** Cuts lists into numbered pages: `?page=2&pageSize=50`. */
export class PageNumberPagination {
  constructor(
    readonly pageSize: number,
    readonly maxPageSize: number,
  ) {}

  /**
   * Reads what the query asks for. A page size that is none becomes the default, one that is too large the maximum.
   *
   * @throws NotFoundException for something that can be the number of no page.
   */
  read(query: Readonly<Record<string, string | undefined>>): PageRequest {
    const pageSize = this.#pageSize(query[PAGE_SIZE_PARAMETER]);
    const text = query[PAGE_PARAMETER] || '1';
    const page = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    const offset = (page - 1) * pageSize;
    if (page < 1 || !Number.isSafeInteger(offset)) throw invalidPage();
    return { page, pageSize, offset };
  }

  /**
   * Puts a page together.
   *
   * @throws NotFoundException when there is no such page; the first one always is.
   */
  page<R>(request: FastifyRequest, { page, pageSize }: PageRequest, count: number, results: readonly R[]): Page<R> {
    const last = Math.max(1, Math.ceil(count / pageSize));
    if (page > last) throw invalidPage();
    const linkTo = (other: number) => linkWith(request, { [PAGE_PARAMETER]: other === 1 ? null : String(other) });
    return {
      count,
      next: page < last ? linkTo(page + 1) : null,
      previous: page > 1 ? linkTo(page - 1) : null,
      results,
    };
  }

  #pageSize(text: string | undefined): number {
    const size = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
    return size > 0 ? Math.min(size, this.maxPageSize) : this.pageSize;
  }
}

function invalidPage(): NotFoundException {
  return new NotFoundException('Invalid page.');
}
