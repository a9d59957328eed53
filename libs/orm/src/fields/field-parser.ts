import type { FieldDefinition } from './field-definition.js';
import { doesNotExist, incorrectType, notAList, NULL } from './field-messages.js';
import { accept, type ParseOutcome, type ValueParser } from './parse-outcome.js';
import type { FieldRules } from './types/field-type.js';
import { FIELD_TYPES } from './types/field-types.js';

const parsers = new WeakMap<FieldDefinition, ValueParser>();
const textParsers = new WeakMap<FieldDefinition, ValueParser>();

/**
 * Compiles the rules of a field for JSON values: types are strict, texts are trimmed. A foreign key takes the
 * primary key it points to, a many-to-many relation a list of them; whether the rows exist is not its business.
 */
export function compileFieldParser(field: FieldDefinition): ValueParser {
  return remembered(parsers, field, () => {
    const parse = valueParser(field);
    return (value) => {
      if (value === null || value === undefined) return field.nullable ? accept(null) : NULL;
      return parse(value);
    };
  });
}

/** Compiles the rules of a field for the text of a query string or a path; answers the typed value. */
export function compileTextParser(field: FieldDefinition): ValueParser {
  return remembered(textParsers, field, () => {
    const key = keyRules(field);
    const parse = FIELD_TYPES[field.scalarKind].textParser(key);
    return field.relation ? (text) => asKey(parse(text), text) : parse;
  });
}

function valueParser(field: FieldDefinition): ValueParser {
  const parse = FIELD_TYPES[field.scalarKind].parser(keyRules(field));
  if (!field.relation) return parse;
  if (!field.relation.many) return (value) => asKey(parse(value), value);
  return (values) => {
    if (!Array.isArray(values)) return notAList(values);
    const outcomes = values.map((value: unknown) => asKey(parse(value), value));
    const refused = outcomes.find((outcome) => outcome.errors);
    return refused ?? accept([...new Set(outcomes.map(({ value }) => value))]);
  };
}

/** A relation takes the values of a key, whatever further options the relation has. */
function keyRules(field: FieldDefinition): FieldRules {
  return field.relation ? { ...field, blank: false, scalarKind: field.scalarKind, maxLength: 255 } : field;
}

function asKey(outcome: ParseOutcome, given: unknown): ParseOutcome {
  if (!outcome.errors) return outcome;
  const outOfRange = outcome.errors.every(({ code }) => code === 'max_value' || code === 'min_value');
  // A number that no key can be is the key of no row.
  return outOfRange ? doesNotExist(given) : incorrectType(given);
}

function remembered(
  cache: WeakMap<FieldDefinition, ValueParser>,
  field: FieldDefinition,
  compile: () => ValueParser,
): ValueParser {
  let parser = cache.get(field);
  if (!parser) cache.set(field, (parser = compile()));
  return parser;
}
