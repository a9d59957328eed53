import type { FileRules } from './types/file-rules.js';
import type { FieldError } from '@core-framework/common';
import type { AbstractModelClass, JsonSchema, OnDelete } from './field-definition.js';

/** Checks an input value that met all other rules; answers what is wrong with it, as a sentence or with a code. */
export type FieldValidator<T> = (value: T) => string | FieldError | undefined;

/** What every column may say. */
export interface FieldOptions<T> {
  /** Whether the column may be empty (`null`). @defaultValue false */
  readonly nullable?: boolean;
  /** Value of a new row that names none, or a function that makes it. */
  readonly default?: T | (() => T);
  /** Whether two rows may not share a value. @defaultValue false */
  readonly unique?: boolean;
  /** Whether the column gets an index. @defaultValue false, true for foreign keys */
  readonly index?: boolean;
  /** Shown to clients but never taken from them. @defaultValue false */
  readonly readOnly?: boolean;
  /** Taken from clients but never shown to them. @defaultValue false */
  readonly writeOnly?: boolean;
  /** Kept from clients altogether. @defaultValue false */
  readonly hidden?: boolean;
  /** Name of the column. @defaultValue the property's name in snake_case */
  readonly column?: string;
  /** Explains the field in the API documentation. */
  readonly description?: string;
  /** Names the field for people: `title` of its schema. */
  readonly label?: string;
  /** Brings an accepted input value to its canonical form, which then has to meet the rules as well. */
  readonly normalize?: (value: T) => T;
  /** Further rules for input, all of which are asked; a sentence alone has the code `invalid`. */
  readonly validators?: readonly FieldValidator<T>[];
  /** Keywords that are added to the field's JSON Schema. */
  readonly schema?: JsonSchema;
}

/** Options of texts. */
export interface TextOptions extends FieldOptions<string> {
  /** The only values accepted. */
  readonly choices?: readonly string[];
  /** What the text must match; write `^` and `$` where the whole text is meant. */
  readonly pattern?: RegExp;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Whether an empty text is accepted. @defaultValue false */
  readonly blank?: boolean;
  /** Whether white space around the text is removed. @defaultValue true */
  readonly trim?: boolean;
}

/** Options of slugs. */
export interface SlugOptions extends TextOptions {
  /** The field whose text makes the slug of a new row that names none. */
  readonly from?: string;
}

/** Options of numbers. */
export interface NumberOptions<T = number> extends FieldOptions<T> {
  /** Smallest value accepted. */
  readonly min?: number;
  /** Largest value accepted. */
  readonly max?: number;
  /** What values must be greater than. */
  readonly gt?: number;
  /** What values must be less than. */
  readonly lt?: number;
}

/** Options of whole numbers. */
export interface IntegerOptions extends NumberOptions {
  /** The only values accepted. */
  readonly choices?: readonly number[];
}

/** Options of decimals; values are strings, so that no digit is lost. */
export interface DecimalOptions extends NumberOptions<string> {
  /** Digits in all. @defaultValue 10 (`money` 12, `percent` 5) */
  readonly precision?: number;
  /** Digits after the point. @defaultValue 2 */
  readonly scale?: number;
}

/** Options of points in time. */
export interface DateTimeOptions extends FieldOptions<Date> {
  /** Set at every write. @defaultValue false */
  readonly autoNow?: boolean;
  /** Set when the row is created. @defaultValue false */
  readonly autoNowAdd?: boolean;
}

/** Options of files. */
export interface FileOptions
  extends
    Pick<FieldOptions<string>, 'nullable' | 'readOnly' | 'hidden' | 'column' | 'description'>,
    FileDimensionlessRules {}

/** Options of pictures: files whose size in pixels counts. */
export interface ImageOptions extends Omit<FileOptions, keyof FileRules>, FileRules {}

type FileDimensionlessRules = Pick<FileRules, 'maxSize' | 'extensions' | 'contentTypes' | 'uploadTo'>;

/** Options of primary keys. */
export interface PrimaryKeyOptions {
  /** `string` keys are given by the application, the others are generated. @defaultValue 'integer' */
  readonly type?: 'integer' | 'bigInteger' | 'uuid' | 'string';
  readonly column?: string;
  readonly description?: string;
}

/** Options of relations that have a column. */
export interface ForeignKeyOptions extends Omit<FieldOptions<never>, 'default' | 'normalize' | 'validators'> {
  /**
   * What becomes of this row when the one it points to is deleted; `noAction` leaves it to the database, which refuses
   * at the end of the statement. @defaultValue 'restrict'
   */
  readonly onDelete?: OnDelete;
}

/** Options of the owning side of a many-to-many relation. */
export interface ManyToManyOptions {
  /** Name of the link table. @defaultValue `<table>_<field>` */
  readonly linkTable?: string;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly hidden?: boolean;
  readonly description?: string;
}

/**
 * The model at the other end, as a function because models import each other in circles; or an abstract class that one
 * model of the application extends.
 */
export type RelationTarget<T extends object> = () => AbstractModelClass<T>;

/** Picks the field of the other side by which it points back. */
export type InversePicker<T extends object> = (target: T) => unknown;
