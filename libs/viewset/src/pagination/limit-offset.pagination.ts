import { InvalidInputException } from '@core-framework/common';
import { OffsetPagination, type Window } from './offset.pagination.js';
import { linkWith } from './page-link.js';
import { readSize, sizeParameter } from './page-size.js';
import type { ListQuery, PagedList, QueryParameter } from './pagination.js';

const LIMIT = 'limit';
const OFFSET = 'offset';
const SKIP = 'skip';

/** Lets clients say how many rows to skip: `?limit=20&offset=40`, or `skip=40`. Past the end there are none. */
export class LimitOffsetPagination extends OffsetPagination {
  override readonly parameters: readonly QueryParameter[] = [
    sizeParameter(LIMIT, this.options),
    offsetParameter(OFFSET, 'Rows to leave out from the start.'),
    offsetParameter(SKIP, 'Another name of `offset`.'),
  ];

  /** @throws InvalidInputException when both names of the offset are used. */
  protected override windowOf(query: ListQuery): Window {
    if (query[OFFSET] !== undefined && query[SKIP] !== undefined) {
      const error = { code: 'repeated', message: `This is another name of "${OFFSET}": give one of them.` };
      throw new InvalidInputException({ [SKIP]: [error] }, 'The query is not valid.');
    }
    const text = query[OFFSET] ?? query[SKIP] ?? '';
    // More than 15 digits could not be counted on any more.
    const offset = /^\d{1,15}$/.test(text) ? Number(text) : 0;
    return { offset, limit: readSize(query[LIMIT], this.options) };
  }

  protected override linkTo({ request, query }: PagedList, { offset, limit }: Window): string {
    const name = query[SKIP] === undefined ? OFFSET : SKIP;
    return linkWith(request, { [LIMIT]: String(limit), [name]: offset === 0 ? null : String(offset) });
  }
}

function offsetParameter(name: string, description: string): QueryParameter {
  return { name, schema: { type: 'integer', minimum: 0, default: 0 }, description };
}
