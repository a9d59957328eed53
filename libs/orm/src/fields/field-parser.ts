import type { FieldError } from '@core-framework/common';
import type { FieldDefinition } from './field-definition.js';
import type { FieldValidator } from './field.options.js';
import { doesNotExist, incorrectType, invalidChoice, notAList, NULL } from './field-messages.js';
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
  if (!field.relation) return refined(field, parse);
  if (!field.relation.many) return (value) => asKey(parse(value), value);
  return (values) => {
    if (!Array.isArray(values)) return notAList(values);
    const outcomes = values.map((value: unknown) => asKey(parse(value), value));
    const refused = outcomes.find((outcome) => outcome.errors);
    return refused ?? accept([...new Set(outcomes.map(({ value }) => value))]);
  };
}

/** Adds what a declaration says beyond its type: a canonical form, choices, rules of its own. */
function refined(field: FieldDefinition, parse: ValueParser): ValueParser {
  const { choices, scalarKind } = field;
  const normalize = field.normalize as ((value: unknown) => unknown) | undefined;
  const validators = field.validators as readonly FieldValidator<unknown>[] | undefined;
  const { toJson } = FIELD_TYPES[scalarKind];
  const rules: ValueParser[] = [];
  if (normalize) {
    rules.push((value) => {
      const canonical = normalize(value);
      return parse(toJson ? toJson(canonical, field) : canonical);
    });
  }
  if (choices && scalarKind !== 'enum') {
    const known = new Set<unknown>(choices);
    rules.push((value) => (known.has(value) ? accept(value) : invalidChoice(String(value))));
  }
  if (validators) {
    rules.push((value) => {
      const errors = validators.flatMap((validate) => validate(value) ?? []).map(asFieldError);
      return errors.length > 0 ? { errors } : accept(value);
    });
  }
  if (rules.length === 0) return parse;
  return (given) => {
    let outcome = parse(given);
    for (const rule of rules) if (!outcome.errors) outcome = rule(outcome.value);
    return outcome;
  };
}

function asFieldError(problem: string | FieldError): FieldError {
  return typeof problem === 'string' ? { code: 'invalid', message: problem } : problem;
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
