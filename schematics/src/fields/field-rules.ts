import type { FieldRules, FieldTypeName, OnDelete } from './field-spec.js';

const TEXTS: readonly FieldTypeName[] = ['string', 'text', 'email', 'url', 'phone', 'slug'];
const DECIMALS: readonly FieldTypeName[] = ['decimal', 'money', 'percent'];
const NUMBERS: readonly FieldTypeName[] = ['integer', 'bigint', 'float', ...DECIMALS];
const FILES: readonly FieldTypeName[] = ['file', 'image'];
const KEYS: readonly FieldTypeName[] = ['belongsTo', 'oneToOne'];
const RELATIONS: readonly FieldTypeName[] = [...KEYS, 'manyToMany'];
const PLAIN: readonly FieldTypeName[] = [
  'string',
  'integer',
  'bigint',
  'float',
  ...DECIMALS,
  'datetime',
  'date',
  'time',
  'email',
  'url',
  'uuid',
  'phone',
  'slug',
  'ip',
  'color',
  'enum',
];
const COLUMNS: readonly FieldTypeName[] = [...PLAIN, 'text', 'boolean', 'json'];

/** Whether a type counts among the texts whose length can be limited. */
export const isText = (type: FieldTypeName): boolean => TEXTS.includes(type);
export const isNumber = (type: FieldTypeName): boolean => NUMBERS.includes(type);
export const isDecimal = (type: FieldTypeName): boolean => DECIMALS.includes(type);
export const isFile = (type: FieldTypeName): boolean => FILES.includes(type);
export const isKey = (type: FieldTypeName): boolean => KEYS.includes(type);

/** What a rule needs to know of the field to be read. */
interface RuleContext {
  readonly type: FieldTypeName;
}

/** A rule of the grammar: which types may have it, and what it says. */
export interface RuleDefinition {
  readonly types: readonly FieldTypeName[];
  /** What has to stand behind the colon; absent where nothing may. */
  readonly value?: 'number' | 'count' | 'text' | 'name' | 'choices' | 'onDelete' | 'inverse';
  read(value: string, context: RuleContext): FieldRules & { readonly choices?: readonly string[] };
}

const flag = (types: readonly FieldTypeName[], rules: FieldRules): RuleDefinition => ({ types, read: () => rules });

const limit = (key: 'min' | 'max' | 'gt' | 'lt', types = NUMBERS): RuleDefinition => ({
  types,
  value: 'number',
  read: (value) => ({ [key]: value }),
});

/** `min` and `max` are lengths of texts and limits of numbers. */
const extent = (key: 'min' | 'max'): RuleDefinition => ({
  types: [...TEXTS, ...NUMBERS],
  value: 'number',
  read: (value, { type }) => (isText(type) ? { [`${key}Length`]: Number(value) } : { [key]: value }),
});

const ON_DELETE: Readonly<Record<string, OnDelete>> = {
  cascade: 'cascade',
  setnull: 'setNull',
  restrict: 'restrict',
  protect: 'restrict',
  noaction: 'noAction',
};

/** The spellings of `onDelete`, for messages. */
export const ON_DELETE_NAMES = ['cascade', 'set null', 'restrict', 'no action'];

export function onDeleteOf(value: string): OnDelete | undefined {
  return ON_DELETE[value.toLowerCase().replaceAll(/[\s_-]/g, '')];
}

/** All rules, by their names in the grammar. */
export const RULES: Readonly<Record<string, RuleDefinition>> = {
  required: flag([...COLUMNS, ...FILES, ...KEYS], {}),
  nullable: flag([...COLUMNS, ...FILES, ...KEYS], { nullable: true }),
  unique: flag([...PLAIN, 'belongsTo'], { unique: true }),
  index: flag([...PLAIN, 'boolean'], { index: true }),
  max: extent('max'),
  min: extent('min'),
  ge: limit('min'),
  gte: limit('min'),
  le: limit('max'),
  lte: limit('max'),
  gt: limit('gt'),
  lt: limit('lt'),
  len: {
    types: TEXTS,
    value: 'count',
    read: (value) => ({ minLength: Number(value), maxLength: Number(value) }),
  },
  precision: {
    types: ['decimal', 'money', 'percent'],
    value: 'count',
    read: (value) => ({ precision: Number(value) }),
  },
  scale: { types: ['decimal', 'money', 'percent'], value: 'count', read: (value) => ({ scale: Number(value) }) },
  in: { types: ['string', 'integer'], value: 'choices', read: (value) => ({ choices: choicesOf(value) }) },
  default: { types: COLUMNS, value: 'text', read: (value) => ({ default: value }) },
  foreign: { types: ['integer', 'bigint', 'uuid', 'string'], value: 'text', read: () => ({}) },
  from: { types: ['slug'], value: 'name', read: (value) => ({ from: value }) },
  blank: flag(TEXTS, { blank: true }),
  readonly: flag([...COLUMNS, ...FILES, ...RELATIONS], { readOnly: true }),
  writeonly: flag([...COLUMNS, ...RELATIONS], { writeOnly: true }),
  hidden: flag([...COLUMNS, ...FILES, ...RELATIONS], { hidden: true }),
  ondelete: { types: KEYS, value: 'onDelete', read: (value) => ({ onDelete: onDeleteOf(value) }) },
  inverse: {
    types: RELATIONS,
    value: 'inverse',
    read: (value) => ({ inverse: value === 'false' || value === 'none' ? false : value }),
  },
  search: flag(TEXTS, { search: true }),
  filter: flag([...PLAIN, 'boolean', ...RELATIONS], { filter: true }),
  order: flag([...PLAIN, 'boolean'], { order: true }),
};

/** The rules that a type takes, by their names in the grammar. */
export function rulesOf(type: FieldTypeName): string[] {
  return Object.keys(RULES).filter((rule) => RULES[rule]?.types.includes(type));
}

/** The values between bars: `draft|live`. */
export function choicesOf(value: string): string[] {
  return value.split('|').map((choice) => choice.trim());
}
