import type { PageFormat } from '@core-framework/config';
import type { OptionKind } from '../options/option-kinds.js';

/** How a list is cut into pages; see {@link PaginationOptions}. */
export type PaginationStyle = 'pageNumber' | 'limitOffset' | 'cursor';

/** Whether a page says how many rows there are on all pages together. */
export type CountMode = 'exact' | 'none' | 'estimated';

/** How the lists of a ViewSet are cut into pages. */
export interface PaginationOptions {
  /**
   * By number (`?page=2`), by position (`?limit=20&offset=40`), or by a cursor in the links, which costs the same on every
   * page and loses no row while others come and go. @defaultValue 'pageNumber'
   */
  readonly style?: PaginationStyle;
  /** Rows of a page when the client does not say. @defaultValue the setting `DEFAULT_PAGE_SIZE` */
  readonly pageSize?: number;
  /** The most that a client may ask for; more is cut down to it. @defaultValue the setting `MAX_PAGE_SIZE` */
  readonly maxPageSize?: number;
  /**
   * `exact` counts the rows for every page, `none` leaves the count out. `estimated` asks the statistics of PostgreSQL
   * where a large table is listed unfiltered, and counts elsewhere. @defaultValue 'exact', of cursors 'none'
   */
  readonly count?: CountMode;
  /** Names of a page's members. @defaultValue the setting `PAGE_FORMAT` */
  readonly format?: PageFormat;
}

/** {@link PaginationOptions} with every default filled in. */
export type ResolvedPaginationOptions = Required<Omit<PaginationOptions, 'style'>>;

/** All options, for the check at start-up. */
export const PAGINATION_OPTIONS = {
  style: 'other',
  pageSize: 'other',
  maxPageSize: 'other',
  count: 'other',
  format: 'other',
} as const satisfies Record<keyof PaginationOptions, OptionKind>;
