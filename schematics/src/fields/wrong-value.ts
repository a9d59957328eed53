import { literal } from './field-declaration.js';
import { isDecimal, isKey, isText } from './field-rules.js';
import type { FieldSpec } from './field-spec.js';

/** Values, as code, that the rules of a field refuse; each breaks one rule. */
export function wrongValues(field: FieldSpec): string[] {
  const { type, choices, rules } = field;
  const ofType = isKey(type) ? ['0'] : type === 'manyToMany' ? ['[0]'] : wrongOfType(field);
  const isPlain = type !== 'manyToMany' && type !== 'json';
  return [
    ...(isPlain && !rules.nullable ? ['null'] : []),
    ...(choices ? [type === 'integer' ? '-987654' : literal('no such choice')] : ofType),
  ];
}

function wrongOfType({ type, rules }: FieldSpec): string[] {
  const { minLength = 0, maxLength } = rules;
  if (isText(type)) {
    return [
      ...(rules.blank ? [] : ["''"]),
      ...(type === 'string' || type === 'text' ? [] : [literal(WRONG_TEXTS[type] ?? '')]),
      ...(minLength > 1 ? [`'x'.repeat(${minLength - 1})`] : []),
      ...(maxLength === undefined ? [] : [`'x'.repeat(${maxLength + 1})`]),
    ];
  }
  if (type === 'integer' || type === 'float' || type === 'bigint' || isDecimal(type)) {
    return [
      "'many'",
      ...wrongNumbers(rules, (value) => (type === 'integer' || type === 'float' ? value : literal(value))),
    ];
  }
  return WRONG_VALUES[type] ?? [];
}

function wrongNumbers({ min, max, gt, lt }: FieldSpec['rules'], code: (value: string) => string): string[] {
  return [
    ...(min === undefined ? [] : [code(moved(min, -1))]),
    ...(max === undefined ? [] : [code(moved(max, 1))]),
    ...(gt === undefined ? [] : [code(String(Number(gt)))]),
    ...(lt === undefined ? [] : [code(String(Number(lt)))]),
  ];
}

/** A number one away, with the digits after the point that it has. */
function moved(text: string, by: number): string {
  return (Number(text) + by).toFixed(text.split('.')[1]?.length ?? 0);
}

const WRONG_TEXTS: Readonly<Partial<Record<FieldSpec['type'], string>>> = {
  email: 'nobody',
  url: 'nowhere',
  phone: 'call me',
  slug: 'not a slug!',
};

const WRONG_VALUES: Readonly<Partial<Record<FieldSpec['type'], string[]>>> = {
  boolean: ["'perhaps'"],
  datetime: ["'yesterday'"],
  date: ["'2026-02-30'"],
  time: ["'25:00'"],
  uuid: ["'1234'"],
  ip: ["'1.2.3.4.5'"],
  color: ["'reddish'"],
  file: ["'a-name'"],
  image: ["'a-name'"],
};
