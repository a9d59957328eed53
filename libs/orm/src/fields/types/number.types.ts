import type { JsonSchema } from '../field-definition.js';
import { NOT_A_NUMBER, NOT_AN_INTEGER, notAbove, notBelow, tooLarge, tooSmall } from '../field-messages.js';
import { accept, type ParseOutcome, refuse, type ValueParser } from '../parse-outcome.js';
import { type FieldRules, type FieldType, ORDER_LOOKUPS } from './field-type.js';

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const INTEGER_TEXT = /^[+-]?\d{1,20}$/;
const NUMBER_TEXT = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[+-]?\d{1,3})?$/i;
const DECIMAL_VALUE = /^-?\d{1,38}(?:\.\d{1,38})?$/;
const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?$/;

/** Whether a value is one that a column of whole numbers holds. */
export function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= INT32.min && Number(value) <= INT32.max;
}

type Limits = Pick<FieldRules, 'gt' | 'lt'>;

function within<T extends number | bigint>(value: T, min: T, max: T, { gt, lt }: Limits): ParseOutcome<T> {
  if (value > max) return tooLarge(max);
  if (value < min) return tooSmall(min);
  if (lt !== undefined && value >= lt) return notBelow(lt);
  if (gt !== undefined && value <= gt) return notAbove(gt);
  return accept(value);
}

function limitKeywords({ min, max, gt, lt }: FieldRules): JsonSchema {
  return {
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
    ...(gt !== undefined && { exclusiveMinimum: gt }),
    ...(lt !== undefined && { exclusiveMaximum: lt }),
  };
}

function integerParser({ min = INT32.min, max = INT32.max, ...limits }: FieldRules): ValueParser<number> {
  return (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return NOT_AN_INTEGER;
    return within(value === 0 ? 0 : value, Math.max(min, INT32.min), Math.min(max, INT32.max), limits);
  };
}

export const integerType: FieldType = {
  parser: integerParser,
  textParser: (field) => {
    const parse = integerParser(field);
    return (text) => (typeof text === 'string' && INTEGER_TEXT.test(text) ? parse(Number(text)) : NOT_AN_INTEGER);
  },
  accepts: (value, { unbounded = false }) => (unbounded ? Number.isSafeInteger(value) : isInt32(value)),
  schema: ({ min = INT32.min, max = INT32.max, ...field }) => ({
    type: 'integer',
    ...limitKeywords({ ...field, min, max }),
  }),
  lookups: ORDER_LOOKUPS,
};

function bigIntegerParser({ min, max, ...limits }: FieldRules): ValueParser<bigint> {
  const lowest = min === undefined ? INT64.min : BigInt(min);
  const highest = max === undefined ? INT64.max : BigInt(max);
  return (value) => {
    const exact = (typeof value === 'string' && INTEGER_TEXT.test(value)) || Number.isSafeInteger(value);
    return exact ? within(BigInt(value as string | number), lowest, highest, limits) : NOT_AN_INTEGER;
  };
}

export const bigIntegerType: FieldType = {
  parser: bigIntegerParser,
  textParser: bigIntegerParser,
  accepts: (value) => typeof value === 'bigint' && value >= INT64.min && value <= INT64.max,
  schema: () => ({ type: 'string', pattern: '^-?\\d{1,19}$' }),
  toJson: String,
  lookups: ORDER_LOOKUPS,
};

function floatParser({ min = -Number.MAX_VALUE, max = Number.MAX_VALUE, ...limits }: FieldRules): ValueParser<number> {
  return (value) =>
    typeof value === 'number' && Number.isFinite(value) ? within(value, min, max, limits) : NOT_A_NUMBER;
}

export const floatType: FieldType = {
  parser: floatParser,
  textParser: (field) => {
    const parse = floatParser(field);
    return (text) => (typeof text === 'string' && NUMBER_TEXT.test(text) ? parse(Number(text)) : NOT_A_NUMBER);
  },
  accepts: (value) => typeof value === 'number' && Number.isFinite(value),
  schema: (field) => ({ type: 'number', ...limitKeywords(field) }),
  lookups: ORDER_LOOKUPS,
};

function decimalParser({ precision = 10, scale = 2, min, max, gt, lt }: FieldRules): ValueParser<string> {
  const wholeDigits = precision - scale;
  return (value) => {
    const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
    const match = typeof text === 'string' && text.length <= 100 ? DECIMAL_TEXT.exec(text.trim()) : null;
    const [, sign, whole = '', fraction = ''] = match ?? [];
    if (!match || whole + fraction === '') return NOT_A_NUMBER;
    const significant = whole.replace(/^0+/, '');
    if (significant.length + fraction.length > precision) {
      return refuse('max_digits', `Ensure that there are no more than ${precision} digits in total.`);
    }
    if (fraction.length > scale) {
      return refuse('max_decimal_places', `Ensure that there are no more than ${scale} decimal places.`);
    }
    if (significant.length > wholeDigits) {
      return refuse(
        'max_whole_digits',
        `Ensure that there are no more than ${wholeDigits} digits before the decimal point.`,
      );
    }
    const units = BigInt(significant + fraction.padEnd(scale, '0') || '0') * (sign === '-' ? -1n : 1n);
    if (max !== undefined && units > unitsOf(max, scale)) return tooLarge(max);
    if (min !== undefined && units < unitsOf(min, scale)) return tooSmall(min);
    if (lt !== undefined && units >= unitsOf(lt, scale)) return notBelow(lt);
    if (gt !== undefined && units <= unitsOf(gt, scale)) return notAbove(gt);
    return accept(decimalText(units, scale));
  };
}

function unitsOf(limit: number, scale: number): bigint {
  return BigInt(limit.toFixed(scale).replace('.', ''));
}

function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return units < 0n ? `-${text}` : text;
}

/** Decimals have one text: no zeros before, all digits after the point. One that does not fit stays as it is. */
function decimalCanonical(value: unknown, { scale = 2 }: FieldRules): unknown {
  const text = String(value);
  const [whole = '', fraction = ''] = text.split('.');
  if (fraction.length > scale) return value;
  return decimalText(BigInt(`${whole}${fraction.padEnd(scale, '0')}`), scale);
}

/**
 * Whether a decimal has more digits than its column holds; PostgreSQL would round it in silence.
 */
export function exceedsDecimal(value: unknown, { precision = 10, scale = 2 }: FieldRules): boolean {
  const [whole = '', fraction = ''] = String(value).replace(/^-?0*/, '').split('.');
  return fraction.length > scale || whole.length > precision - scale;
}

export const decimalType: FieldType = {
  parser: decimalParser,
  textParser: decimalParser,
  accepts: (value) => typeof value === 'string' && DECIMAL_VALUE.test(value),
  canonical: decimalCanonical,
  schema: ({ precision = 10, scale = 2 }) => ({
    type: 'string',
    format: 'decimal',
    pattern:
      scale === 0 ? `^-?\\d{1,${precision}}$` : `^-?\\d{1,${Math.max(precision - scale, 1)}}(?:\\.\\d{1,${scale}})?$`,
  }),
  lookups: ORDER_LOOKUPS,
};
