import { isIP } from 'node:net';
import type { FieldDefinition } from '../field-definition.js';
import {
  BLANK,
  invalidChoice,
  loneSurrogate,
  NOT_A_STRING,
  NUL_CHARACTER,
  tooLong,
  tooShort,
} from '../field-messages.js';
import { accept, type ParseOutcome, refuse, type ValueParser } from '../parse-outcome.js';
import { isInt32 } from './number.types.js';
import { EQUALITY_LOOKUPS, type FieldRules, type FieldType, ORDER_LOOKUPS, TEXT_LOOKUPS } from './field-type.js';

const EMAIL =
  /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d-]{2,63}$/i;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const SLUG = /^[-\w]+$/;
const PHONE = /^\+?\d[\d ().-]{4,18}\d$/;
const NOT_MATCHING = refuse('invalid', 'This value does not match the required pattern.');
const COLOR = /^#(?:[\da-fA-F]{3}|[\da-fA-F]{6}|[\da-fA-F]{8})$/;

/** A further rule of a text: answers the text, perhaps in its canonical form, or the refusal. */
type TextRule = (value: string) => ParseOutcome<string>;

function matching(holds: (value: string) => boolean, message: string, code = 'invalid'): TextRule {
  const refusal = refuse(code, message);
  return (value) => (holds(value) ? accept(value) : refusal);
}

/** Reads a text by the rules that all texts share, then by the rule of its type. */
function textParser(field: FieldRules, rule?: TextRule): ValueParser<string> {
  const { blank, maxLength = Infinity, minLength = 0, pattern, trim } = field;
  const expected = pattern && new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return (value) => {
    if (typeof value !== 'string') return NOT_A_STRING;
    if (value.includes('\0')) return NUL_CHARACTER;
    if (!value.isWellFormed()) return loneSurrogate(firstLoneSurrogate(value));
    const text = trim ? value.trim() : value;
    if (text === '') return blank ? accept(text) : BLANK;
    // Databases count characters, JavaScript counts UTF-16 units: the exact count is only needed near the limit.
    if (text.length > maxLength && countCharacters(text) > maxLength) return tooLong(maxLength);
    if (minLength > 0 && countCharacters(text) < minLength) return tooShort(minLength);
    if (expected && !expected.test(text)) return NOT_MATCHING;
    return rule ? rule(text) : accept(text);
  };
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function firstLoneSurrogate(text: string): number {
  for (const character of text) if (!character.isWellFormed()) return character.charCodeAt(0);
  return 0;
}

/** What the JSON Schema of a type of text says beside the options of the field. */
interface TextSchema {
  readonly format?: string;
  /** Said when the field has no pattern of its own. */
  readonly shape?: RegExp;
}

/** Whether every database can store a text: NUL ends texts in some, and halves of characters have no UTF-8. */
export function isStorableText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
}

function textType(
  rule?: TextRule,
  { format, shape }: TextSchema = {},
  lookups: FieldType['lookups'] = TEXT_LOOKUPS,
): FieldType {
  const parser = (field: FieldRules) => textParser(field, rule);
  return {
    parser,
    textParser: parser,
    accepts: isStorableText,
    schema: ({ blank, maxLength, minLength = blank ? undefined : 1, pattern = blank ? undefined : shape }) => ({
      type: 'string',
      ...(format && { format }),
      ...(minLength && { minLength }),
      ...(maxLength && { maxLength }),
      // JSON Schema knows no flags: a pattern that ignores case would refuse too much there.
      ...(pattern && !/[ims]/.test(pattern.flags) && { pattern: pattern.source }),
    }),
    lookups,
  };
}

function isWebAddress(value: string): boolean {
  if (/\s/.test(value) || !URL.canParse(value)) return false;
  const { hostname, protocol } = new URL(value);
  return hostname !== '' && ['http:', 'https:', 'ftp:', 'ftps:'].includes(protocol);
}

function choiceParser(field: FieldRules): ValueParser<string | number> {
  const choices = new Map((field.choices ?? []).map((choice) => [choice, choice]));
  return (value) => {
    const known = choices.get(value as string | number);
    return known === undefined ? invalidChoice(preview(value)) : accept(known);
  };
}

function preview(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

export const stringType = textType();

export const emailType = textType(
  matching((value) => EMAIL.test(value), 'Enter a valid email address.'),
  { format: 'email' },
);

export const urlType = textType(matching(isWebAddress, 'Enter a valid URL.'), { format: 'uri' });

export const phoneType = textType(
  matching((value) => PHONE.test(value), 'Enter a valid phone number.'),
  { shape: PHONE },
);

export const slugType = textType(
  matching((value) => SLUG.test(value), 'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.'),
  { shape: SLUG },
);

export const ipType = textType(matching((value) => isIP(value) !== 0, 'Enter a valid IPv4 or IPv6 address.'));

export const colorType = textType(
  matching((value) => COLOR.test(value), 'Enter a valid color.'),
  { shape: COLOR },
);

export const uuidType: FieldType = {
  ...textType(
    (value) => (UUID.test(value) ? accept(value.toLowerCase()) : refuse('invalid', 'Must be a valid UUID.')),
    { format: 'uuid' },
    ORDER_LOOKUPS,
  ),
  accepts: (value) => typeof value === 'string' && UUID.test(value),
  canonical: (value) => String(value).toLowerCase(),
  schema: () => ({ type: 'string', format: 'uuid' }),
};

export const enumType: FieldType = {
  parser: choiceParser,
  textParser: (field) => {
    const parse = choiceParser(field);
    const numeric = field.choices?.every((choice) => typeof choice === 'number') ?? false;
    return (value) => parse(numeric && typeof value === 'string' && value.trim() !== '' ? Number(value) : value);
  },
  accepts: (value, { choices = [] }) => {
    if (typeof value === 'number')
      return choices.every((choice) => typeof choice === 'number')
        ? isInt32(value)
        : Number.isFinite(value) && choices.some((choice) => typeof choice === 'number');
    return choices.some((choice) => typeof choice === 'string') && isStorableText(value);
  },
  schema: ({ choices = [] }: Pick<FieldDefinition, 'choices'>) => ({
    type: choices.every((choice) => typeof choice === 'number') ? 'number' : 'string',
    enum: choices,
  }),
  lookups: EQUALITY_LOOKUPS,
};
