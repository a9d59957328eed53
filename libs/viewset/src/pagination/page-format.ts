import type { PageFormat } from '@core-framework/config';
import type { JsonSchema } from '@core-framework/orm';

/** A part of a list that begins at a known place. */
export interface OffsetPage {
  readonly rows: readonly object[];
  /** Rows before the first of these. */
  readonly offset: number;
  /** The most rows of a page. */
  readonly limit: number;
  /** Rows on all pages together; `undefined` when they are not counted. */
  readonly count: number | undefined;
  readonly hasNext: boolean;
  readonly next: string | null;
  readonly previous: string | null;
}

/** Gives pages their members. */
export interface PageLayout {
  /** The member that holds the rows. */
  readonly rowsMember: string;
  /** The members, in the order in which they are sent. */
  members(page: OffsetPage): Readonly<Record<string, unknown>>;
  /** Schemas of the members, `rows` being that of the rows. */
  schemas(rows: JsonSchema): Readonly<Record<string, JsonSchema>>;
  /** The member that is left out when rows are not counted. */
  readonly countMember: string;
}

const WHOLE = { type: 'integer', minimum: 0 };
const LINK = { type: ['string', 'null'], format: 'uri' };
export const LINK_SCHEMAS = {
  next: { ...LINK, description: 'Address of the next page.' },
  previous: { ...LINK, description: 'Address of the page before.' },
};
export const COUNT_SCHEMA = { ...WHOLE, description: 'Rows on all pages together.' };

/** The layouts by the names of `PAGE_FORMAT`. */
export const PAGE_LAYOUTS: Readonly<Record<PageFormat, PageLayout>> = {
  links: {
    rowsMember: 'results',
    countMember: 'count',
    members: ({ count, next, previous, rows }) => ({ count, next, previous, results: rows }),
    schemas: (results) => ({ count: COUNT_SCHEMA, ...LINK_SCHEMAS, results }),
  },
  offsets: {
    rowsMember: 'items',
    countMember: 'total',
    members: ({ rows, count, offset, limit, hasNext }) => ({
      items: rows,
      total: count,
      skip: offset,
      limit,
      has_next: hasNext,
    }),
    schemas: (items) => ({
      items,
      total: COUNT_SCHEMA,
      skip: { ...WHOLE, description: 'Rows before this page.' },
      limit: { ...WHOLE, minimum: 1, description: 'The most rows of a page.' },
      has_next: { type: 'boolean', description: 'Whether there are rows after this page.' },
    }),
  },
  numbers: {
    rowsMember: 'items',
    countMember: 'total',
    members: ({ rows, count, offset, limit }) => ({
      items: rows,
      page: Math.floor(offset / limit) + 1,
      per_page: limit,
      total: count,
    }),
    schemas: (items) => ({
      items,
      page: { ...WHOLE, minimum: 1, description: 'Number of the page.' },
      per_page: { ...WHOLE, minimum: 1, description: 'The most rows of a page.' },
      total: COUNT_SCHEMA,
    }),
  },
};

/** The schema of an object that always has all of these members. */
export function schemaWith(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}
