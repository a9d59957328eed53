import { InvalidOptionError } from '../errors/viewset.errors.js';
import { checkOptions } from '../options/option-kinds.js';

/** Actions on many rows at once, below `/bulk`; each must be asked for. */
export interface BulkOptions {
  /** `POST /posts/bulk` with an array of objects. @defaultValue false */
  readonly create?: boolean;
  /** `PUT` and `PATCH /posts/bulk` with an array of objects that name their rows. @defaultValue false */
  readonly update?: boolean;
  /** `DELETE /posts/bulk` with an array of lookup values, or `?id__in=1,2`. @defaultValue false */
  readonly delete?: boolean;
  /** The most rows of one request. @defaultValue 100 */
  readonly maxItems?: number;
}

const BULK_OPTIONS = { create: 'flag', update: 'flag', delete: 'flag', maxItems: 'other' } as const;
const MAX_ITEMS = 100;

/** @throws UnknownOptionError, InvalidOptionError */
export function bulkLimitOf(owner: string, options: BulkOptions = {}): number {
  checkOptions(`"bulk" of ${owner}`, options, BULK_OPTIONS);
  const { maxItems = MAX_ITEMS } = options;
  if (Number.isInteger(maxItems) && maxItems > 0) return maxItems;
  throw new InvalidOptionError(owner, `"bulk.maxItems" is ${String(maxItems)}.`, 'Give a whole number from 1 on.');
}
