import type { JsonSchema, QuerySet } from '@core-framework/orm';
import type { FastifyRequest } from 'fastify';

/** A checked query string: every name is known and was said once. */
export type ListQuery = Readonly<Record<string, string | undefined>>;

/** A parameter of a list's query string, as the API's documentation shows it. */
export interface QueryParameter {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description?: string;
  /** Whether it takes several values, separated by commas. @defaultValue false */
  readonly isList?: boolean;
}

/** A list that is to be cut into pages. */
export interface PagedList<T extends object = object> {
  readonly request: FastifyRequest;
  readonly query: ListQuery;
  /** The rows that were found, in an order that leaves nothing open. */
  readonly rows: QuerySet<T>;
  /** How many were found in all. */
  count(): Promise<number>;
  /** How many were found in all, about: what the database remembers of large tables is asked instead of the rows. */
  estimate(): Promise<number>;
  /** Reads rows in the form that the answer needs, with further columns where they are plain. */
  read(rows: QuerySet<T>, columns?: readonly string[]): Promise<readonly object[]>;
}

/**
 * Cuts lists into pages: extend it for a way of your own, and give the class (which may inject) or an instance as
 * `pagination`. What {@link paginate} answers has the rows under {@link rowsMember}, as they were read; the ViewSet shows
 * them by its output schema.
 */
export abstract class Pagination {
  /** The parameters that it reads; a list refuses all others that it does not know itself. */
  abstract readonly parameters: readonly QueryParameter[];
  /** The member of a page that holds its rows. */
  abstract readonly rowsMember: string;
  /** What is added to the name of the rows' schema to name the schema of their page. */
  readonly schemaSuffix: string = 'Page';

  /** Reads the page that the query asks for. */
  abstract paginate(list: PagedList): Promise<object>;

  /** The JSON Schema of a page of such rows. */
  abstract schemaOf(row: JsonSchema): JsonSchema;
}
