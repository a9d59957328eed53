/** The types of scalar fields, by the names of the grammar. */
export const SCALAR_TYPES = [
  'string',
  'text',
  'integer',
  'bigint',
  'float',
  'decimal',
  'money',
  'percent',
  'boolean',
  'datetime',
  'date',
  'time',
  'email',
  'url',
  'uuid',
  'json',
  'phone',
  'slug',
  'ip',
  'color',
  'file',
  'image',
  'enum',
] as const;

/** The types of fields that lead to another model. */
export const RELATION_TYPES = ['belongsTo', 'oneToOne', 'manyToMany'] as const;

type ScalarType = (typeof SCALAR_TYPES)[number];
type RelationType = (typeof RELATION_TYPES)[number];
export type FieldTypeName = ScalarType | RelationType;

/** What becomes of a row when the one it points to is deleted. */
export type OnDelete = 'cascade' | 'setNull' | 'restrict' | 'noAction';

/** What a field says beside its name and type. Numbers are texts: those of decimals must not lose a digit. */
export interface FieldRules {
  readonly nullable?: boolean;
  readonly unique?: boolean;
  readonly index?: boolean;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly hidden?: boolean;
  readonly blank?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: string;
  readonly max?: string;
  readonly gt?: string;
  readonly lt?: string;
  readonly precision?: number;
  readonly scale?: number;
  /** As it was written; `now`, `today` and `random` stand for functions. */
  readonly default?: string;
  /** The field that a slug is made from. */
  readonly from?: string;
  readonly onDelete?: OnDelete;
  /** Name of the other side of a relation; `false` leaves it out. @defaultValue the model's name, in the plural for many */
  readonly inverse?: string | false;
  /** Whether the list can be searched, filtered and sorted by it; unsaid, it follows from the type. */
  readonly search?: boolean;
  readonly filter?: boolean;
  readonly order?: boolean;
}

/** One field of a model, as the grammar describes it. */
export interface FieldSpec {
  /** Name of the property, in camelCase. */
  readonly name: string;
  readonly type: FieldTypeName;
  /** Values of an enum, or the only ones of a text. */
  readonly choices?: readonly string[];
  /** Class name of the model that a relation leads to, or the name of its table. */
  readonly target?: string;
  readonly rules: FieldRules;
}

/** Whether a field leads to another model. */
export function isRelation({ type }: Pick<FieldSpec, 'type'>): boolean {
  return (RELATION_TYPES as readonly string[]).includes(type);
}

/** Whether rows must be given a value: there is none to fall back to. */
export function isRequired({ type, rules }: FieldSpec): boolean {
  return type !== 'manyToMany' && !rules.nullable && rules.default === undefined && rules.from === undefined;
}

/** Whether clients may say its value. */
export function isWritable({ rules }: FieldSpec): boolean {
  return !rules.readOnly && !rules.hidden;
}

/** Whether clients are shown its value. */
export function isShown({ rules }: FieldSpec): boolean {
  return !rules.writeOnly && !rules.hidden;
}
