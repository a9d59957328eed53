import { digitsOf } from './field-declaration.js';
import type { FieldSpec } from './field-spec.js';

/** The smallest and the largest value that a generated test may use. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** A range of plausible numbers within the rules of a field. */
export function numberRange(field: FieldSpec): NumberRange {
  const { type, rules } = field;
  const digits = digitsOf(field);
  const step = type === 'integer' || type === 'bigint' ? 1 : digits ? 10 ** -digits.scale : 0.01;
  const lowest = Math.max(bound(rules.min, 0), bound(rules.gt, -step) + step);
  const hasFloor = rules.min !== undefined || rules.gt !== undefined;
  const ceiling = Math.min(
    bound(rules.max, Infinity),
    bound(rules.lt, Infinity) - step,
    type === 'percent' ? 100 : Infinity,
    digits ? 10 ** digits.whole - step : Infinity,
  );
  const min = rounded(hasFloor ? floorOf(field, step) : Math.min(lowest, ceiling));
  return { min, max: rounded(Math.min(ceiling, min + 1000)) };
}

function floorOf({ rules }: FieldSpec, step: number): number {
  return Math.max(bound(rules.min, -Infinity), bound(rules.gt, -Infinity) + step);
}

function bound(text: string | undefined, none: number): number {
  return text === undefined ? none : Number(text);
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
