import type { FieldValidator } from './field.options.js';
import type { FileRules } from './types/file-rules.js';

/** The types a model's field may have. */
export type FieldKind =
  | 'pk'
  | 'string'
  | 'text'
  | 'integer'
  | 'bigInteger'
  | 'float'
  | 'decimal'
  | 'money'
  | 'percent'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'time'
  | 'json'
  | 'uuid'
  | 'email'
  | 'url'
  | 'phone'
  | 'slug'
  | 'ip'
  | 'color'
  | 'enum'
  | 'file'
  | 'image'
  | 'version'
  | RelationKind;

/** The kinds of field that hold no value of their own but lead to other models. */
export type RelationKind = 'foreignKey' | 'oneToOne' | 'oneToMany' | 'manyToMany';

/** The types of single values: what a field, or the primary key that a relation points to, is made of. */
export type ScalarKind = Exclude<FieldKind, RelationKind | 'pk' | 'version'>;

/** A class whose instances are rows. */
export type ModelClass<T extends object = object> = new () => T;

/** A model, or an abstract class that one model of the application extends. */
export type AbstractModelClass<T extends object = object> = abstract new () => T;

/** What the database does with the rows that point to a row which is deleted. */
export type OnDelete = 'cascade' | 'restrict' | 'setNull' | 'noAction';

/** Where a relation leads and how it is stored. */
export interface RelationDefinition {
  readonly kind: RelationKind;
  /** The related model; a function because models import each other in circles. */
  readonly target: () => ModelClass;
  /** What the declaration names: the related model, or an abstract class that it extends. */
  readonly declaredTarget: () => AbstractModelClass;
  /** Name of the field on the other side; set on the side without a column (inverse). */
  readonly mappedBy?: string;
  /** Whether this side holds the column (foreignKey, oneToOne) or names the link table (manyToMany). */
  readonly owner: boolean;
  /** Whether it leads to several rows. */
  readonly many: boolean;
  readonly onDelete?: OnDelete;
  /** Name of the link table of an owning manyToMany, when the declaration gives one. */
  readonly linkTableName?: string;
}

/** A JSON Schema as OpenAPI 3.1 uses it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Everything that one `@Field.*` declaration says, frozen. */
export interface FieldDefinition {
  /** Name of the property. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Type of the value in the column; of a relation, the type of the primary key it points to. */
  readonly scalarKind: ScalarKind;
  /** Absent for relations that have no column in this table. */
  readonly columnName?: string;
  readonly nullable: boolean;
  /** Whether an input must name it when a row is created. */
  readonly required: boolean;
  readonly hasDefault: boolean;
  /** The default, or the function that makes it. */
  readonly default?: unknown;
  readonly unique: boolean;
  readonly indexed: boolean;
  /** Shown, never taken from an input. */
  readonly readOnly: boolean;
  /** Taken from an input, never shown. */
  readonly writeOnly: boolean;
  /** Neither shown nor taken, neither filtered nor sorted by, unless code does it. */
  readonly hidden: boolean;
  /** Set by the framework: primary keys, automatic times, versions. */
  readonly generated: boolean;
  /** Time of creation (`create`) or of the last write (`update`). */
  readonly auto?: 'create' | 'update';
  /** Whether an empty text is a value. */
  readonly blank: boolean;
  /** Whether white space around a text is removed; on unless the declaration says otherwise. */
  readonly trim: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  /** Limits that values may not reach. */
  readonly gt?: number;
  readonly lt?: number;
  /** What a text must match. */
  readonly pattern?: RegExp;
  /** Digits of a decimal in all, and after the point. */
  readonly precision?: number;
  readonly scale?: number;
  readonly choices?: readonly (string | number)[];
  /** Whether the database makes its values of several rows, so that they may exceed what a column holds. */
  readonly unbounded?: boolean;
  /** The field whose text a slug is made of when none is given. */
  readonly slugFrom?: string;
  readonly description?: string;
  readonly label?: string;
  /** Brings an input value to its canonical form. */
  readonly normalize?: (value: never) => unknown;
  /** Further rules for input. */
  readonly validators?: readonly FieldValidator<never>[];
  /** What the file has to be whose key this field holds. */
  readonly file?: FileRules;
  readonly relation?: RelationDefinition;
  /** Schema of the value as JSON, for OpenAPI 3.1. */
  readonly jsonSchema: JsonSchema;
}
