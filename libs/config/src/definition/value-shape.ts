import type { ValidationRule } from './validation-rules.js';

export type ScalarKind = 'string' | 'integer' | 'number' | 'boolean';

/** What the text of a variable has to be turned into. */
export interface ValueShape {
  readonly kind: ScalarKind;
  readonly list: boolean;
  /** The allowed strings, when there are only so many. */
  readonly choices?: readonly string[];
}

/** Everything that is known about a property's type at run time. */
export interface ShapeEvidence {
  readonly defaultValue: unknown;
  readonly designType: unknown;
  readonly rules: readonly ValidationRule[];
}

const KIND_OF_RULE: ReadonlyMap<string, ScalarKind> = new Map([
  ['isInt', 'integer'],
  ['isNumber', 'number'],
  ['isBoolean', 'boolean'],
  ['isString', 'string'],
]);
const KIND_OF_TYPEOF: Readonly<Record<string, ScalarKind>> = { string: 'string', number: 'number', boolean: 'boolean' };
const KIND_OF_DESIGN: ReadonlyMap<unknown, ScalarKind> = new Map<unknown, ScalarKind>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);

/**
 * Infers the shape of a setting: class-validator rules say most, then the default value, then the declared type.
 * `undefined` means that no variable can carry the value.
 */
export function inferShape({ defaultValue, designType, rules }: ShapeEvidence): ValueShape | undefined {
  const list =
    Array.isArray(defaultValue) || designType === Array || rules.some(({ name, each }) => each || name === 'isArray');
  const sample: unknown = Array.isArray(defaultValue) ? defaultValue[0] : defaultValue;
  const choices = choicesOf(rules);
  const kind =
    rules.map(({ name }) => KIND_OF_RULE.get(name)).find((found) => found !== undefined) ??
    (choices === undefined ? undefined : 'string') ??
    (sample === undefined ? (KIND_OF_DESIGN.get(designType) ?? 'string') : KIND_OF_TYPEOF[typeof sample]);
  return kind === undefined ? undefined : { kind, list, ...(choices === undefined ? {} : { choices }) };
}

function choicesOf(rules: readonly ValidationRule[]): readonly string[] | undefined {
  for (const { name, constraints } of rules) {
    // class-validator keeps the values of an enum beside the enum itself.
    const values = name === 'isIn' ? constraints[0] : name === 'isEnum' ? constraints[1] : undefined;
    if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  }
  return undefined;
}
