import { compileFieldParser, compileTextParser, type FieldDefinition, type ValueParser } from '@core-framework/orm';

/** Kinds whose empty text is a value; of all others it stands for nothing. */
const TEXTS: readonly string[] = ['string', 'text', 'email', 'url', 'phone', 'slug', 'color', 'ip'];

/**
 * Compiles the rules of a field for forms: what JSON has types for is read from text, an empty one is no value, and a
 * name that is repeated is a list. What is not in the form is not sent, booleans included.
 */
export function compileFormParser(field: FieldDefinition): ValueParser {
  const parseText = compileTextParser(field);
  const parseJson = compileFieldParser(field);
  if (field.relation?.many) {
    return (value) => {
      const outcomes = (Array.isArray(value) ? value : value === '' ? [] : [value]).map((one) => parseText(one));
      const refused = outcomes.find(({ errors }) => errors);
      return refused ?? { value: [...new Set(outcomes.map((outcome) => outcome.value))] };
    };
  }
  if (TEXTS.includes(field.scalarKind) && !field.relation) return parseJson;
  return (value) => (value === '' || value === undefined ? parseJson(null) : parseText(value));
}
