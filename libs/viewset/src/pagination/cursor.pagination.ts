import { InvalidInputException } from '@core-framework/common';
import { isModel, type JsonSchema, type QuerySet } from '@core-framework/orm';
import { CursorOrder, type Position } from './cursor-order.js';
import type { CursorSeal } from './cursor-seal.js';
import { COUNT_SCHEMA, LINK_SCHEMAS, schemaWith } from './page-format.js';
import { linkWith } from './page-link.js';
import { PAGE_SIZE_PARAMETER, readSize, sizeParameter, textOf } from './page-size.js';
import { type PagedList, Pagination, type QueryParameter } from './pagination.js';
import type { ResolvedPaginationOptions } from './pagination.options.js';

const CURSOR = 'cursor';

/** A place in a list: after it or before it, or, without a position, the end of the list. */
interface Place {
  readonly backward: boolean;
  readonly position: Position | null;
}

/**
 * Lets clients walk through a list by the links of its pages. A link says behind which row the next page begins, by all
 * columns that the list is sorted by and its key: rows that come or go meanwhile move no other row onto another page.
 */
export class CursorPagination extends Pagination {
  override readonly schemaSuffix = 'CursorPage';
  override readonly rowsMember = 'results';
  override readonly parameters: readonly QueryParameter[] = [
    {
      name: CURSOR,
      schema: { type: 'string' },
      description: 'Where the page begins: taken from the links of another one.',
    },
    sizeParameter(PAGE_SIZE_PARAMETER, this.options),
  ];

  constructor(
    readonly options: ResolvedPaginationOptions,
    private readonly seal: CursorSeal,
  ) {
    super();
  }

  override async paginate(list: PagedList): Promise<object> {
    const { rows, query } = list;
    const order = new CursorOrder(rows.definition, rows.ordering);
    const context = `${rows.definition.tableName} ${order.signature}`;
    const place = this.#placeOf(textOf(query, CURSOR), context);
    const size = readSize(query[PAGE_SIZE_PARAMETER], this.options);
    const backward = place?.backward ?? false;
    const beyond = place?.position ? rows.where(order.beyond(place.position, backward)) : rows;
    const sorted = backward ? beyond.orderBy(...order.keys(true)) : beyond;
    const [count, found] = await Promise.all([this.#count(list), list.read(sorted.limit(size + 1), order.paths)]);
    const shown = backward ? found.slice(0, size).toReversed() : found.slice(0, size);
    const links = await this.#links(list, order, shown, { place, hasMore: found.length > size, context });
    return { ...(count !== undefined && { count }), ...links, results: shown };
  }

  override schemaOf(row: JsonSchema): JsonSchema {
    const members = { ...LINK_SCHEMAS, results: { type: 'array', items: row } };
    return schemaWith(this.options.count === 'none' ? members : { count: COUNT_SCHEMA, ...members });
  }

  #count(list: PagedList): Promise<number | undefined> {
    if (this.options.count === 'none') return Promise.resolve(undefined);
    return this.options.count === 'exact' ? list.count() : list.estimate();
  }

  async #links(
    list: PagedList,
    order: CursorOrder,
    shown: readonly object[],
    { place, hasMore, context }: { place: Place | undefined; hasMore: boolean; context: string },
  ): Promise<{ next: string | null; previous: string | null }> {
    const link = (to: Place | null) =>
      linkWith(list.request, { [CURSOR]: to && this.seal.seal([to.backward ? 1 : 0, to.position], context) });
    const backward = place?.backward ?? false;
    const [hasNext, hasPrevious] = backward ? [true, hasMore] : [hasMore, place !== undefined];
    const [first, last] = [shown[0], shown.at(-1)];
    // The rows that were here are gone: what is before or after the place is all that is left.
    if (!first || !last) {
      return backward
        ? { next: link(null), previous: null }
        : { next: null, previous: hasPrevious ? link({ backward: true, position: null }) : null };
    }
    const [start, end] = await positionsOf(list.rows, order, first, last);
    return {
      next: hasNext ? link({ backward: false, position: end }) : null,
      previous: hasPrevious ? link({ backward: true, position: start }) : null,
    };
  }

  /** @throws InvalidInputException for what no link of this list ever said. */
  #placeOf(cursor: string | undefined, context: string): Place | undefined {
    if (cursor === undefined) return undefined;
    const opened = this.seal.open(cursor, context);
    if (!Array.isArray(opened)) {
      const error = { code: 'invalid_cursor', message: 'Take cursors from the links of a page of the same order.' };
      throw new InvalidInputException({ [CURSOR]: [error] }, 'The query is not valid.');
    }
    return { backward: opened[0] === 1, position: opened[1] as Position | null };
  }
}

/** The positions of the first and the last row of a page. */
async function positionsOf(
  rows: QuerySet<object>,
  { paths }: CursorOrder,
  first: object,
  last: object,
): Promise<[Position, Position]> {
  const valuesOf = (row: object | undefined) => paths.map((path) => Reflect.get(row ?? {}, path) as unknown);
  if (!isModel(first.constructor)) return [valuesOf(first), valuesOf(last)];
  // An entity has no columns of related rows, and its values are not those of JSON.
  const key = rows.definition.primaryKey.name;
  const keys = [first, last].map((row) => Reflect.get(row, key) as unknown);
  const plain = await rows.where({ [`${key}__in`]: keys }).rows({ columns: [...paths], json: true });
  const byKey = new Map(plain.map((row) => [String(row[key]), row]));
  return [valuesOf(byKey.get(String(keys[0]))), valuesOf(byKey.get(String(keys[1])))];
}
