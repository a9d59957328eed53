import { choicesConstant, digitsOf, literal } from './field-declaration.js';
import { isText } from './field-rules.js';
import type { FieldSpec } from './field-spec.js';
import { numberRange } from './number-range.js';

/** Code that invents a value within the rules of a field; `faker` and `sequence` are in scope. */
export function fakeValue(model: string, field: FieldSpec): string {
  const { type, choices, rules, name } = field;
  if (type === 'enum') return `faker.helpers.arrayElement(${choicesConstant(model, name)})`;
  if (choices) {
    const list = choices.map((choice) => (type === 'integer' ? choice : literal(choice)));
    return `faker.helpers.arrayElement([${list.join(', ')}])`;
  }
  if (isText(type)) return textValue(field);
  switch (type) {
    case 'integer': {
      const { min, max } = numberRange(field);
      if (rules.unique) return counting(field, 'sequence');
      return `faker.number.int({ min: ${min}, max: ${max} })`;
    }
    case 'bigint': {
      const { min, max } = numberRange(field);
      if (rules.unique) return `BigInt(${counting(field, 'sequence')})`;
      return `faker.number.bigInt({ min: ${min}n, max: ${max}n })`;
    }
    case 'float': {
      const { min, max } = numberRange(field);
      if (rules.unique) return counting(field, 'sequence / 100');
      return `faker.number.float({ min: ${min}, max: ${max}, fractionDigits: 2 })`;
    }
    case 'decimal':
    case 'money':
    case 'percent':
      return decimalValue(field);
    case 'boolean':
      return 'faker.datatype.boolean()';
    case 'datetime':
      return rules.unique ? 'new Date(Date.UTC(2026, 0, 1, 0, 0, sequence))' : 'faker.date.recent({ days: 30 })';
    case 'date':
      return rules.unique
        ? 'new Date(Date.UTC(2026, 0, sequence)).toISOString().slice(0, 10)'
        : 'faker.date.recent({ days: 365 }).toISOString().slice(0, 10)';
    case 'time':
      return rules.unique
        ? 'new Date(Date.UTC(2026, 0, 1, 0, 0, sequence)).toISOString().slice(11, 19)'
        : 'faker.date.recent().toISOString().slice(11, 19)';
    case 'uuid':
      return 'faker.string.uuid()';
    case 'json':
      return '{ note: faker.lorem.sentence() }';
    case 'ip':
      return rules.unique ? '`10.0.${Math.floor(sequence / 250)}.${sequence % 250}`' : 'faker.internet.ipv4()';
    case 'color':
      return rules.unique ? "`#${sequence.toString(16).padStart(6, '0')}`" : 'faker.color.rgb()';
    case 'file':
      return '`files/sample-${sequence}.txt`';
    case 'image':
      return '`images/sample-${sequence}.png`';
    default:
      throw new Error(`No value can be invented for ${type}.`);
  }
}

/** A number that differs from row to row, within the limits of the field. */
function counting(field: FieldSpec, steps: string): string {
  const { min, max } = numberRange(field);
  const isLimited = field.rules.max !== undefined || field.rules.lt !== undefined || field.type === 'percent';
  const code = isLimited ? `(${steps}) % ${Number((max - min).toFixed(6))}` : steps;
  const plain = isLimited && !steps.includes('/') ? `sequence % ${max - min + 1}` : code;
  return min === 0 ? plain : `${min} + ${plain.includes('%') ? `(${plain})` : plain}`;
}

function decimalValue(field: FieldSpec): string {
  const { min, max } = numberRange(field);
  const scale = digitsOf(field)?.scale ?? 2;
  if (field.rules.unique) return `(${counting(field, `sequence / ${10 ** scale}`)}).toFixed(${scale})`;
  return `faker.finance.amount({ min: ${min}, max: ${max}, dec: ${scale} })`;
}

/** Lengths that `faker` gives at most; what may be shorter is made to measure. */
const LONGEST = { words: 60, sentence: 150, paragraphs: 2000, email: 60, url: 80, slug: 60 };

function textValue({ type, rules }: FieldSpec): string {
  const { unique, minLength = 1, maxLength = Infinity } = rules;
  const isShort = minLength <= 5;
  switch (type) {
    case 'email':
      if (!unique && isShort && maxLength >= LONGEST.email) return 'faker.internet.email().toLowerCase()';
      return numbered('user', maxLength >= LONGEST.email ? '@example.com' : '@a.co', minLength);
    case 'url':
      if (!unique && isShort && maxLength >= LONGEST.url) return 'faker.internet.url()';
      return numbered(maxLength >= LONGEST.url ? 'https://example.com/' : 'https://a.co/', '', minLength);
    case 'phone':
      return numbered('+1555', '', Math.max(minLength, Math.min(12, maxLength)));
    case 'slug':
      if (isShort && maxLength >= LONGEST.slug) return '`${faker.lorem.slug(2)}-${sequence}`';
      return numbered('', '', minLength);
    case 'text':
      if (isShort && maxLength >= LONGEST.paragraphs) return 'faker.lorem.paragraphs(2)';
      if (isShort && maxLength >= LONGEST.sentence) return 'faker.lorem.sentence({ min: 3, max: 10 })';
      return madeToMeasure(minLength, maxLength);
    default:
      if (unique)
        return isShort && maxLength >= LONGEST.words ? '`${faker.lorem.words(2)} ${sequence}`' : counted(minLength);
      return isShort && maxLength >= LONGEST.words ? 'faker.lorem.words(3)' : madeToMeasure(minLength, maxLength);
  }
}

/** A different text for every number, as short as it may be. */
function counted(minLength: number): string {
  return minLength > 1 ? `sequence.toString(36).padStart(${minLength}, 'a')` : 'sequence.toString(36)';
}

function madeToMeasure(minLength: number, maxLength: number): string {
  const max = Math.min(maxLength, Math.max(minLength, 20));
  return minLength === max
    ? `faker.string.alpha(${max})`
    : `faker.string.alpha({ length: { min: ${minLength}, max: ${max} } })`;
}

/** A text with a number in it, padded to a length. */
function numbered(before: string, after: string, minLength: number): string {
  const digits = minLength - before.length - after.length;
  const number = digits > 1 ? `String(sequence).padStart(${digits}, '0')` : 'sequence';
  return `\`${before}\${${number}}${after}\``;
}
