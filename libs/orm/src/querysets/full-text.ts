import { sql } from 'kysely';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { isStorableText } from '../fields/types/text.types.js';
import type { Condition } from './condition.js';
import { columnSql, describeColumn } from './aggregation.js';
import { givenList, givenName } from './given-arguments.js';
import { Clause } from './q.js';
import { columnPath, type ColumnPath } from './query-state.js';
import type { Scope } from './scope.js';

/** Texts of a row in which words of a language must occur. */
export interface TextSearch {
  readonly kind: 'search';
  readonly columns: readonly ColumnPath[];
  readonly config: string;
  readonly text: string;
}

/** Options of {@link FullText}. */
export interface FullTextSearchOptions {
  /** Name of the text search configuration, which knows the forms of words. @defaultValue 'simple' */
  readonly config?: string;
}

/**
 * Makes a condition of PostgreSQL's full text search: `websearch_to_tsquery`, so that words must all occur and `"…"`, `or`
 * and `-` mean what they do in search engines. An index serves it that is made of the same text:
 * `gin (to_tsvector('english', coalesce(title, '') || ' ' || coalesce(content, '')))`.
 *
 * @throws InvalidLookupError for a column that does not exist, a name that is none of a configuration, and, when the query
 * runs, on other databases.
 */
export function FullText(
  columns: readonly string[],
  text: string,
  { config = 'simple' }: FullTextSearchOptions = {},
): Clause {
  return new Clause((model, names = { model }): Condition => {
    const asked = { model: model.name, what: 'FullText' };
    if (!/^[a-z_]\w*$/i.test(givenName(asked, config)))
      throw new InvalidLookupError(model.name, config, `"${config}" names no text search configuration.`);
    if (!isStorableText(text))
      throw new InvalidLookupError(model.name, 'FullText', 'FullText takes a text to look for.');
    if (givenList(asked, columns).length === 0)
      throw new InvalidLookupError(model.name, 'FullText', 'a full text search names no column.');
    return { kind: 'search', columns: columns.map((column) => columnPath(names, column)), config, text };
  });
}

/** Tells searches with different SQL apart. */
export function describeTextSearch({ columns, config }: TextSearch): string {
  return `search ${config}(${columns.map(describeColumn).join()})`;
}

export function textSearchSql(scope: Scope, { columns, config }: TextSearch) {
  const { builder, definition } = scope;
  if (builder.dialect !== 'postgresql') {
    throw new InvalidLookupError(
      definition.name,
      'FullText',
      'full text search is of PostgreSQL only.',
      'Use icontains lookups.',
    );
  }
  const texts = columns.map((column) => sql`coalesce(${columnSql(scope, column)}, '')`);
  const name = sql.lit(config);
  return sql`to_tsvector(${name}, ${sql.join(texts, sql` || ' ' || `)}) @@ websearch_to_tsquery(${name}, ${builder.slot()})`;
}
