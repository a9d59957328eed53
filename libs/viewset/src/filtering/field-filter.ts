import {
  compileTextParser,
  type FieldDefinition,
  type JsonSchema,
  type ModelDefinition,
  type ParseOutcome,
  type QuerySet,
  type ValueParser,
} from '@core-framework/orm';
import { UnknownFieldError, UnsupportedLookupError } from '../errors/viewset.errors.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { checkOption } from '../options/option-kinds.js';
import { readableNames, readablePath } from '../schemas/field-path.js';
import { type FilterDeclarations, type FilterLookup, lookupsFor } from './filter-declaration.js';
import { parseBoolean, parseText, refuse } from './filter-value.js';

/** The most values that `__in` takes; a longer list is refused rather than sent to the database. */
const MAX_VALUES = 100;

/** One query parameter that narrows a list. */
export interface CompiledFilter {
  /** Name of the parameter; of a comparison, key of the lookup too: `viewsCount__gte`. */
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description?: string;
  /** The relation by whose key it compares, so that a key of no row can be told from one without rows. */
  readonly relation?: FieldDefinition;
  /** Turns the parameter's text into the typed value. */
  parse(text: string): ParseOutcome;
  /** Narrows the rows; absent for comparisons, which are made together. */
  apply?(rows: QuerySet<object>, value: unknown, context: ActionContext): QuerySet<object> | Promise<QuerySet<object>>;
}

/**
 * Compiles comparisons of fields.
 *
 * @throws UnknownFieldError, UnsupportedLookupError
 */
export function compileFieldFilters(
  owner: string,
  model: ModelDefinition,
  declarations: FilterDeclarations<object>,
): readonly CompiledFilter[] {
  const list: readonly (string | object)[] = Array.isArray(declarations) ? declarations : [declarations];
  return list.flatMap((declaration) => {
    const allowed: [string, readonly FilterLookup[]][] =
      typeof declaration === 'string' ? [[declaration, ['exact']]] : Object.entries(declaration);
    return allowed.flatMap(([path, lookups]) => {
      checkOption(`"filter" of ${owner}`, path, lookups, 'list');
      return lookups.map((lookup) => fieldFilter(owner, model, path, lookup));
    });
  });
}

function fieldFilter(owner: string, model: ModelDefinition, path: string, lookup: FilterLookup): CompiledFilter {
  const field = readablePath(model, path)?.at(-1);
  if (!field || !lookupsFor(field).length) throw new UnknownFieldError(owner, path, 'filter', readableNames(model));
  if (!lookupsFor(field).includes(lookup)) throw new UnsupportedLookupError(owner, path, lookup, lookupsFor(field));
  return {
    name: lookup === 'exact' ? path : `${path}__${lookup}`,
    ...(field.relation && lookup !== 'isnull' && { relation: field }),
    schema: schemaOf(field, lookup),
    parse: parserOf(field, lookup),
  };
}

function parserOf(field: FieldDefinition, lookup: FilterLookup): CompiledFilter['parse'] {
  switch (lookup) {
    case 'isnull':
      return parseBoolean;
    case 'year':
    case 'month':
    case 'day':
      return parseCalendarNumber;
    case 'in':
      return listParser(compileTextParser(field));
    case 'range':
      return rangeParser(compileTextParser(field));
    case 'contains':
    case 'icontains':
    case 'startswith':
    case 'istartswith':
    case 'endswith':
    case 'iendswith':
    case 'iexact':
      // A part of a value need not obey the rules of a whole one.
      return parseText;
    case 'exact':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return compileTextParser(field);
  }
}

function listParser(parse: ValueParser): CompiledFilter['parse'] {
  return (text) => {
    const parts = text.split(',');
    if (parts.length > MAX_VALUES) return refuse('max_length', `Name no more than ${MAX_VALUES} values.`);
    const outcomes = parts.map((part) => parse(part));
    return outcomes.find(({ errors }) => errors) ?? { value: outcomes.map(({ value }) => value) };
  };
}

function rangeParser(parse: ValueParser): CompiledFilter['parse'] {
  const list = listParser(parse);
  return (text) => (text.split(',').length === 2 ? list(text) : refuse('invalid', 'Name two values, as in "1,10".'));
}

function parseCalendarNumber(text: string): ParseOutcome {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return number > 0 ? { value: number } : refuse('invalid', 'Name a whole number from 1 to 9999.');
}

function schemaOf(field: FieldDefinition, lookup: FilterLookup): JsonSchema {
  const { readOnly: _readOnly, default: _default, maxLength: _maxLength, ...rest } = field.jsonSchema;
  const value = field.relation?.many ? (rest['items'] as JsonSchema) : notNull(rest);
  switch (lookup) {
    case 'isnull':
      return { type: 'boolean' };
    case 'year':
    case 'month':
    case 'day':
      return { type: 'integer' };
    case 'in':
    case 'range':
      return {
        type: 'string',
        description: lookup === 'in' ? 'Values, separated by commas.' : 'Two values, separated by a comma.',
      };
    case 'exact':
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return value;
    case 'iexact':
    case 'contains':
    case 'icontains':
    case 'startswith':
    case 'istartswith':
    case 'endswith':
    case 'iendswith':
      return { type: 'string' };
  }
}

function notNull(schema: JsonSchema): JsonSchema {
  const { type, enum: choices, ...rest } = schema;
  return {
    ...(type !== undefined && { type: Array.isArray(type) ? type.find((one) => one !== 'null') : type }),
    ...(Array.isArray(choices) && { enum: choices.filter((choice) => choice !== null) }),
    ...rest,
  };
}
