import type { JsonSchema, ParseOutcome } from '@core-framework/orm';

/** Types of the values that filters of an application take, by name. */
export interface FilterValues {
  boolean: boolean;
  integer: number;
  number: number;
  text: string;
  date: string;
  datetime: Date;
  uuid: string;
}

export type FilterKind = keyof FilterValues;

/** How a kind of value is read of a query string. */
export interface FilterValueType {
  readonly schema: JsonSchema;
  parse(text: string): ParseOutcome;
}

const DATE = /^\d{4}-\d\d-\d\d$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[zZ]|[+-]\d\d:\d\d)$/;
/** What `Field.integer` and `Field.datetime` hold: a filter may look for its value in any column of the kind. */
const SMALLEST = -(2 ** 31);
const LARGEST = 2 ** 31 - 1;
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00.000Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const FILTER_VALUES: Readonly<Record<FilterKind, FilterValueType>> = {
  boolean: { schema: { type: 'boolean' }, parse: parseBoolean },
  integer: {
    schema: { type: 'integer', minimum: SMALLEST, maximum: LARGEST },
    parse: (text) => {
      const value = /^[+-]?\d{1,16}$/.test(text) ? Number(text) : NaN;
      return value >= SMALLEST && value <= LARGEST ? { value } : refuse('invalid', 'A valid integer is required.');
    },
  },
  number: {
    schema: { type: 'number' },
    parse: (text) =>
      /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text))
        ? { value: Number(text) }
        : refuse('invalid', 'A valid number is required.'),
  },
  text: { schema: { type: 'string' }, parse: parseText },
  date: {
    schema: { type: 'string', format: 'date' },
    parse: (text) =>
      DATE.test(text) && isDay(text) ? { value: text } : refuse('invalid', 'Write a date as YYYY-MM-DD.'),
  },
  datetime: {
    schema: { type: 'string', format: 'date-time' },
    parse: (text) => {
      const instant = DATE_TIME.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : NaN;
      return instant >= FIRST_INSTANT && instant <= LAST_INSTANT
        ? { value: new Date(instant) }
        : refuse('invalid', 'Write a time as YYYY-MM-DDThh:mm:ssZ.');
    },
  },
  uuid: {
    schema: { type: 'string', format: 'uuid' },
    parse: (text) => (UUID.test(text) ? { value: text.toLowerCase() } : refuse('invalid', 'Must be a valid UUID.')),
  },
};

/** Reads one of the given texts. */
export function choiceValue(choices: readonly string[]): FilterValueType {
  return {
    schema: { type: 'string', enum: choices },
    parse: (text) =>
      choices.includes(text) ? { value: text } : refuse('invalid_choice', `Use one of ${choices.join(', ')}.`),
  };
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

export function parseBoolean(text: string): ParseOutcome {
  const value = BOOLEANS.get(text.toLowerCase());
  return value === undefined ? refuse('invalid', 'Must be a valid boolean.') : { value };
}

export function parseText(text: string): ParseOutcome {
  return text.includes('\0')
    ? refuse('null_characters_not_allowed', 'Null characters are not allowed.')
    : { value: text };
}

export function refuse(code: string, message: string): ParseOutcome {
  return { errors: [{ code, message }] };
}

/** Whether a calendar has the day: JavaScript takes the 31st of June for the 1st of July, and knows a year 0. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !text.startsWith('0000') && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
