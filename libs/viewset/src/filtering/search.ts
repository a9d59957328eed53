import type { FieldError } from '@core-framework/common';
import {
  type Clause,
  type FieldDefinition,
  FullText,
  type JsonSchema,
  type ModelDefinition,
  Q,
  type QuerySet,
} from '@core-framework/orm';
import { InvalidOptionError, UnknownFieldError } from '../errors/viewset.errors.js';
import { checkOptions } from '../options/option-kinds.js';
import { isSingleValued, readableNames, readablePath } from '../schemas/field-path.js';
import type { FieldPath } from './filter-declaration.js';
import { lookupsFor } from './filter-declaration.js';
import { searchTerms } from './search-terms.js';

/** A text that is searched: anywhere in it, at its start (`^slug`), or as a whole (`=email`); case does not matter. */
export type SearchField<T extends object> = FieldPath<T> | `^${FieldPath<T>}` | `=${FieldPath<T>}`;

/** Search by the words of a language instead of by parts of texts. */
export interface FullTextOptions<T extends object> {
  /** Columns of the model, and of what it relates to one of. */
  readonly fields: readonly FieldPath<T>[];
  /**
   * PostgreSQL's full text search, with its grammar: words that must all occur in any form, `"phrases"`, `or`, `-not`.
   * On other databases the terms are looked for as parts of the texts.
   */
  readonly mode: 'fulltext';
  /** Name of PostgreSQL's text search configuration. @defaultValue 'simple' */
  readonly config?: string;
}

/** The texts that `?search=` looks through. */
export type SearchOptions<T extends object> = readonly SearchField<T>[] | FullTextOptions<T>;

export const SEARCH_PARAMETER = 'search';

const FULL_TEXT_OPTIONS = { fields: 'list', mode: 'text', config: 'text' } as const;

const LOOKUPS = { '^': 'istartswith', '=': 'iexact' } as const;

/** Narrows lists to the rows in which what somebody typed occurs. */
export class Search {
  readonly name = SEARCH_PARAMETER;
  readonly schema: JsonSchema = { type: 'string' };

  constructor(
    readonly description: string,
    private readonly conditionsOf: (text: string) => readonly Clause<unknown>[],
  ) {}

  /** What is wrong with a text that a client looks for. */
  errorsIn(text: string): readonly FieldError[] {
    if (!text.includes('\0')) return [];
    return [{ code: 'null_characters_not_allowed', message: 'Null characters are not allowed.' }];
  }

  /** @param text one that {@link errorsIn} finds nothing wrong with. */
  narrow<T extends object>(rows: QuerySet<T>, text: string): QuerySet<T> {
    return this.conditionsOf(text).reduce((found, condition) => found.where(condition), rows);
  }
}

/**
 * Compiles what lists may be searched for; nothing when nothing may.
 *
 * @throws UnknownFieldError, InvalidOptionError
 */
export function compileSearch(
  view: string,
  model: ModelDefinition,
  options: SearchOptions<object> = [],
  canSearchWords = false,
): Search | undefined {
  if (Array.isArray(options)) return partsSearch(view, model, options as readonly string[]);
  checkOptions(`"search" of @ViewSet of ${view}`, options as FullTextOptions<object>, FULL_TEXT_OPTIONS);
  const { fields = [], mode, config = 'simple' } = options as Partial<FullTextOptions<object>>;
  if (!fields.length || mode !== 'fulltext' || !/^[a-z_]\w*$/i.test(config)) {
    const problem = `its "search" has ${fields.length} fields, the mode "${mode}" and the config "${config}".`;
    throw new InvalidOptionError(
      `@ViewSet of ${view}`,
      problem,
      "Write { fields, mode: 'fulltext', config: 'english' }.",
    );
  }
  const names: readonly string[] = fields;
  for (const name of names) {
    if (!isSingleValued(textField(view, model, name))) throw unknownField(view, model, name);
  }
  if (!canSearchWords) return partsSearch(view, model, names);
  const description = `Words, in any form that ${config} knows of them, that must all occur in ${names.join(', ')}; "…" for phrases, or, -not.`;
  return new Search(description, (text) => (text.trim() === '' ? [] : [FullText(names, text, { config })]));
}

function partsSearch(view: string, model: ModelDefinition, fields: readonly string[]): Search | undefined {
  if (!fields.length) return undefined;
  const keys = fields.map((field) => {
    const lookup = LOOKUPS[field.charAt(0) as keyof typeof LOOKUPS];
    const path = lookup ? field.slice(1) : field;
    textField(view, model, path);
    return `${path}__${lookup ?? 'icontains'}`;
  });
  const anyHas = (term: string) =>
    keys.map((key): Clause<unknown> => Q({ [key]: term })).reduce((any, one) => any.or(one));
  const paths = fields.map((field) => field.replace(/^[\^=]/, '')).join(', ');
  return new Search(`Words or "phrases" that must all occur in ${paths}.`, (text) => searchTerms(text).map(anyHas));
}

function textField(view: string, model: ModelDefinition, path: string): readonly FieldDefinition[] {
  const fields = readablePath(model, path);
  const field = fields?.at(-1);
  if (fields && field && lookupsFor(field).includes('icontains')) return fields;
  throw unknownField(view, model, path);
}

function unknownField(view: string, model: ModelDefinition, path: string): UnknownFieldError {
  const texts = readableNames(model).filter((name) => {
    const field = model.fields.get(name);
    return field && lookupsFor(field).includes('icontains');
  });
  return new UnknownFieldError(view, path, 'search', texts);
}
