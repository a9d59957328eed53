/** What `getMulti` is asked for. */
export interface Slice {
  /** Rows to leave out first. @defaultValue 0 */
  readonly skip?: number;
  /** @defaultValue 100 */
  readonly limit?: number;
}

/** What `paginate` is asked for. */
export interface PageRequest {
  /** Counts from 1. @defaultValue 1 */
  readonly page?: number;
  /** @defaultValue 20 */
  readonly perPage?: number;
}

/** Some of the rows that match, and what is known of all of them. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
  /** How many pages there are; at least 1. */
  readonly pages: number;
  readonly hasNext: boolean;
}
