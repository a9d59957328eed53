import { InvalidModelError } from '../errors/orm.errors.js';
import type { FieldRules } from './types/field-type.js';
import { FIELD_TYPES } from './types/field-types.js';

type Check = (field: FieldRules) => string | undefined;

/** What a declaration can say that no value, or no column, could ever meet. */
const CHECKS: readonly Check[] = [
  ({ minLength = 0, maxLength = Infinity }) =>
    minLength > maxLength ? `asks for at least ${minLength} and at most ${maxLength} characters` : undefined,
  ({ min = -Infinity, max = Infinity }) => (min > max ? `asks for at least ${min} and at most ${max}` : undefined),
  ({ gt = -Infinity, lt = Infinity, min = -Infinity, max = Infinity }) =>
    gt >= lt || gt >= max || min >= lt ? 'has limits between which there is no value' : undefined,
  ({ precision, scale = 0 }) =>
    precision !== undefined && (scale < 0 || precision < 1 || scale > precision)
      ? `has ${scale} digits after the point and ${precision} in all`
      : undefined,
  ({ scalarKind, ...field }) =>
    scalarKind === 'bigInteger' && limitsOf(field).some((limit) => !Number.isSafeInteger(limit))
      ? 'has a limit that is no whole number'
      : undefined,
  ({ precision, scale = 2, ...field }) =>
    precision !== undefined && limitsOf(field).some((limit) => limit !== Number(limit.toFixed(scale)))
      ? `has a limit with more than ${scale} digits after the point`
      : undefined,
  ({ choices }) => (choices?.length === 0 ? 'has no choices' : undefined),
  ({ readOnly, writeOnly }) => (readOnly && writeOnly ? 'is both readOnly and writeOnly' : undefined),
  ({ nullable, relation }) =>
    relation?.onDelete === 'setNull' && !nullable ? "has onDelete: 'setNull' but is not nullable" : undefined,
  (field) => {
    const { default: value, hasDefault } = field;
    if (!hasDefault || typeof value === 'function' || field.relation) return undefined;
    const { accepts, parser, toJson } = FIELD_TYPES[field.scalarKind];
    // What a default is missing of an input is allowed: an empty text stands for "nothing said".
    const parse = parser({ ...field, blank: true });
    const fits =
      accepts(value, field) && (value === '' || parse(toJson ? toJson(value, field) : value).errors === undefined);
    const chosen = field.choices === undefined || field.choices.includes(value as string | number);
    return fits && chosen ? undefined : `has a default that is no ${field.scalarKind} within its own rules`;
  },
];

function limitsOf({ min, max, gt, lt }: Partial<FieldRules>): number[] {
  return [min, max, gt, lt].filter((limit) => limit !== undefined);
}

/**
 * Refuses a declaration that contradicts itself, when the class is made rather than at the first request.
 *
 * @throws InvalidModelError naming the field and the contradiction.
 */
export function checkDeclaration(field: FieldRules): void {
  for (const check of CHECKS) {
    const problem = check(field);
    if (problem === undefined) continue;
    throw new InvalidModelError(`The field "${field.name}" ${problem}.`, { fix: 'Change its @Field declaration.' });
  }
}
