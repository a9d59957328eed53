import { types } from 'node:util';
import { NOT_A_BOOLEAN, NOT_JSON } from '../field-messages.js';
import { accept } from '../parse-outcome.js';
import { EQUALITY_LOOKUPS, type FieldType } from './field-type.js';
import { isStorableText } from './text.types.js';

const DEEPEST_JSON = 100;
const TRUE_TEXTS = new Set(['true', '1', 't', 'yes', 'on']);
const FALSE_TEXTS = new Set(['false', '0', 'f', 'no', 'off']);

export const booleanType: FieldType = {
  parser: () => (value) => (typeof value === 'boolean' ? accept(value) : NOT_A_BOOLEAN),
  textParser: () => (text) => {
    const word = typeof text === 'string' ? text.toLowerCase() : '';
    if (TRUE_TEXTS.has(word)) return accept(true);
    return FALSE_TEXTS.has(word) ? accept(false) : NOT_A_BOOLEAN;
  },
  accepts: (value) => typeof value === 'boolean',
  schema: () => ({ type: 'boolean' }),
  lookups: EQUALITY_LOOKUPS,
};

/** Whether every database can store the value: JSON only, no NUL or broken text, finite numbers, not too deep. */
function isStorableJson(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'string':
      return isStorableText(value);
    case 'number':
      return Number.isFinite(value);
    case 'boolean':
      return true;
    case 'object': {
      if (value === null) return true;
      if (depth >= DEEPEST_JSON) return false;
      if (types.isProxy(value)) return false;
      if (Array.isArray(value)) return value.every((item) => isStorableJson(item, depth + 1));
      // Others would be stored as something else, or as nothing: dates, maps, instances with a toJSON of their own.
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
      return Object.entries(value).every(([key, item]) => isStorableText(key) && isStorableJson(item, depth + 1));
    }
    default:
      return false;
  }
}

export const jsonType: FieldType = {
  parser: () => (value) => (isStorableJson(value) ? accept(value) : NOT_JSON),
  textParser: () => (text) => {
    try {
      const value: unknown = JSON.parse(String(text));
      return isStorableJson(value) ? accept(value) : NOT_JSON;
    } catch {
      return NOT_JSON;
    }
  },
  accepts: (value) => isStorableJson(value),
  schema: () => ({}),
  lookups: ['isnull'],
};
