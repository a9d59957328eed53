import {
  compileTextParser,
  type FieldDefinition,
  type ModelDefinition,
  type ParseOutcome,
  type ValueParser,
} from '@core-framework/orm';
import { UnknownFieldError, UnsupportedLookupError } from '../errors/viewset.errors.js';
import { type FilterDeclaration, type FilterLookup, lookupsFor } from './filter-declaration.js';

/** The most values that `__in` takes; a longer list is refused rather than sent to the database. */
const MAX_VALUES = 100;

/** One query parameter that narrows a list. */
export interface CompiledFilter {
  /** Name of the parameter, and key of the lookup: `viewsCount__gte`. */
  readonly name: string;
  readonly field: FieldDefinition;
  readonly lookup: FilterLookup;
  /** Turns the parameter's text into the typed value. */
  parse(text: string): ParseOutcome;
}

/**
 * Compiles what a ViewSet allows lists to be filtered by.
 *
 * @throws UnknownFieldError, UnsupportedLookupError
 */
export function compileFilters<T extends object>(
  view: string,
  model: ModelDefinition,
  declarations: readonly FilterDeclaration<T>[] = [],
): ReadonlyMap<string, CompiledFilter> {
  const filters = declarations.flatMap((declaration) => {
    const allowed: [string, readonly FilterLookup[]][] =
      typeof declaration === 'string' ? [[declaration, ['exact']]] : Object.entries(declaration);
    return allowed.flatMap(([name, lookups]) => lookups.map((lookup) => compileFilter(view, model, name, lookup)));
  });
  return new Map(filters.map((filter) => [filter.name, filter]));
}

function compileFilter(view: string, model: ModelDefinition, name: string, lookup: FilterLookup): CompiledFilter {
  const field = model.fields.get(name);
  if (!field || !lookupsFor(field).length) {
    const usable = [...model.fields.values()].filter((candidate) => lookupsFor(candidate).length);
    throw new UnknownFieldError(
      view,
      name,
      'filter',
      usable.map((candidate) => candidate.name),
    );
  }
  if (!lookupsFor(field).includes(lookup)) throw new UnsupportedLookupError(view, name, lookup, lookupsFor(field));
  return { name: lookup === 'exact' ? name : `${name}__${lookup}`, field, lookup, parse: parserOf(field, lookup) };
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

function parseBoolean(text: string): ParseOutcome {
  const value = { true: true, '1': true, false: false, '0': false }[text.toLowerCase()];
  return value === undefined ? refuse('invalid', 'Must be a valid boolean.') : { value };
}

function parseCalendarNumber(text: string): ParseOutcome {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return number > 0 ? { value: number } : refuse('invalid', 'Name a whole number from 1 to 9999.');
}

function parseText(text: string): ParseOutcome {
  return text.includes('\0')
    ? refuse('null_characters_not_allowed', 'Null characters are not allowed.')
    : { value: text };
}

function refuse(code: string, message: string): ParseOutcome {
  return { errors: [{ code, message }] };
}
