import { randomUUID } from 'node:crypto';
import { InvalidModelError } from '../errors/orm.errors.js';
import { primaryKeyOf } from '../models/model-definition.js';
import { concreteModel } from '../models/retargeting.js';
import { defineField, defineRelation, type FieldDeclaration } from './define-field.js';
import type { AbstractModelClass, RelationDefinition, ScalarKind } from './field-definition.js';
import { recordField } from './field.metadata.js';
import type {
  DateTimeOptions,
  DecimalOptions,
  FieldOptions,
  FileOptions,
  ForeignKeyOptions,
  ImageOptions,
  IntegerOptions,
  InversePicker,
  ManyToManyOptions,
  NumberOptions,
  PrimaryKeyOptions,
  RelationTarget,
  SlugOptions,
  TextOptions,
} from './field.options.js';

function scalar<O extends object>(
  kind: ScalarKind,
  fixed: Omit<Partial<FieldDeclaration>, 'kind' | 'scalarKind'> = {},
) {
  return (options?: O): PropertyDecorator => declare({ ...fixed, ...options, kind, scalarKind: kind });
}

function declare(declaration: FieldDeclaration): PropertyDecorator {
  return (prototype, name) => recordField(prototype.constructor, defineField(String(name), declaration));
}

function pk({ type = 'integer', ...options }: PrimaryKeyOptions = {}): PropertyDecorator {
  return declare({
    ...options,
    kind: 'pk',
    scalarKind: type,
    unique: true,
    generated: type !== 'string',
    ...(type === 'uuid' && { default: randomUUID }),
    ...(type === 'string' && { maxLength: 255 }),
  });
}

function datetime({ autoNow, autoNowAdd, ...options }: DateTimeOptions = {}): PropertyDecorator {
  return declare({
    ...options,
    kind: 'datetime',
    scalarKind: 'datetime',
    ...((autoNow || autoNowAdd) && { auto: autoNow ? 'update' : 'create' }),
  });
}

function enumeration<T extends string | number>({
  choices,
  ...options
}: FieldOptions<T> & { readonly choices: readonly T[] | Readonly<Record<string, T>> }): PropertyDecorator {
  const values = Array.isArray(choices)
    ? (choices as readonly T[])
    : enumValues(choices as Readonly<Record<string, T>>);
  const longest = Math.max(...values.map((value) => String(value).length));
  return declare({
    ...options,
    kind: 'enum',
    scalarKind: 'enum',
    choices: Object.freeze([...values]),
    maxLength: Math.max(longest, 50),
  });
}

/** A numeric TypeScript enum also maps its values back to names; those entries are not choices. */
function enumValues<T>(choices: Readonly<Record<string, T>>): readonly T[] {
  return Object.entries(choices)
    .filter(([key]) => !/^\d+$/.test(key))
    .map(([, value]) => value);
}

const UPLOAD_DIRECTORY = /^[a-z\d][\w-]*(?:\/[a-z\d][\w-]*)*$/i;

function stored(
  kind: 'file' | 'image',
  { maxSize, extensions, contentTypes, uploadTo, minWidth, minHeight, maxWidth, maxHeight, ...options }: ImageOptions,
): PropertyDecorator {
  return (prototype, name) => {
    if (uploadTo !== undefined && !UPLOAD_DIRECTORY.test(uploadTo)) {
      throw new InvalidModelError(`${prototype.constructor.name}.${String(name)} is uploaded to "${uploadTo}".`, {
        fix: 'Name a directory of plain words between slashes: posts/covers.',
      });
    }
    const file = { maxSize, extensions, contentTypes, uploadTo, minWidth, minHeight, maxWidth, maxHeight };
    declare({ ...options, kind, scalarKind: kind, maxLength: 255, file: Object.freeze(file) })(prototype, name);
  };
}

/** A relation as its decorator says it: where it leads depends on the application when it names an abstract class. */
type DeclaredRelation = Omit<RelationDefinition, 'target' | 'declaredTarget'> & {
  readonly target: () => AbstractModelClass;
};

function relate({ target, ...said }: DeclaredRelation, options: ForeignKeyOptions = {}): PropertyDecorator {
  const relation: RelationDefinition = { ...said, declaredTarget: target, target: () => concreteModel(target()) };
  return (prototype, name) => {
    const { onDelete: _onDelete, ...column } = options;
    const field = defineRelation(String(name), {
      ...column,
      index: options.index ?? relation.kind === 'foreignKey',
      unique: options.unique ?? (relation.kind === 'oneToOne' && relation.owner),
      relation,
      targetKey: () => primaryKeyOf(relation.target()),
    });
    recordField(prototype.constructor, field);
  };
}

function foreignKey<T extends object>(target: RelationTarget<T>, options: ForeignKeyOptions = {}): PropertyDecorator {
  return relate(
    { kind: 'foreignKey', target, owner: true, many: false, onDelete: options.onDelete ?? 'restrict' },
    options,
  );
}

function oneToOne<T extends object>(
  target: RelationTarget<T>,
  options: ForeignKeyOptions | InversePicker<T> = {},
): PropertyDecorator {
  if (typeof options === 'function') {
    return relate(
      { kind: 'oneToOne', target, owner: false, many: false, mappedBy: pickedName(options) },
      { nullable: true },
    );
  }
  return relate(
    { kind: 'oneToOne', target, owner: true, many: false, onDelete: options.onDelete ?? 'restrict' },
    options,
  );
}

function oneToMany<T extends object>(target: RelationTarget<T>, inverse: InversePicker<T>): PropertyDecorator {
  return relate(
    { kind: 'oneToMany', target, owner: false, many: true, mappedBy: pickedName(inverse) },
    { readOnly: true },
  );
}

function manyToMany<T extends object>(
  target: RelationTarget<T>,
  options: ManyToManyOptions | InversePicker<T> = {},
): PropertyDecorator {
  if (typeof options === 'function') {
    return relate(
      { kind: 'manyToMany', target, owner: false, many: true, mappedBy: pickedName(options) },
      { readOnly: true },
    );
  }
  const { linkTable, ...said } = options;
  return relate(
    { kind: 'manyToMany', target, owner: true, many: true, ...(linkTable && { linkTableName: linkTable }) },
    said,
  );
}

function pickedName<T extends object>(picker: InversePicker<T>): string {
  let picked = '';
  const recorder = new Proxy({} as T, { get: (_target, key) => (picked ||= String(key)) });
  picker(recorder);
  return picked;
}

/**
 * Declares the fields of a model. One declaration gives the column, the rules for input, the schema in the API
 * documentation and what the generators know.
 *
 * @example
 * ```ts
 * @Field.string({ maxLength: 200 }) title!: string;
 * @Field.foreignKey(() => User, { onDelete: 'cascade' }) author!: Ref<User>;
 * ```
 */
export const Field = {
  /** The primary key; `BaseModel` already has one. */
  pk,
  /** A text of at most `maxLength` characters (255 unless told otherwise). */
  string: scalar<TextOptions>('string', { maxLength: 255 }),
  /** A text of any length. */
  text: scalar<TextOptions>('text'),
  /** A whole number of 32 bits. */
  integer: scalar<IntegerOptions>('integer'),
  /** A whole number of 64 bits: `bigint` in code, a text in JSON. */
  bigInteger: scalar<NumberOptions<bigint>>('bigInteger'),
  /** A double precision number. */
  float: scalar<NumberOptions>('float'),
  /** A number with fixed digits after the point: a text in code and in JSON, so that none is lost. */
  decimal: scalar<DecimalOptions>('decimal', { precision: 10, scale: 2 }),
  /** An amount of money: a decimal of 12 digits, two of them after the point. */
  money: scalar<DecimalOptions>('money', { precision: 12, scale: 2 }),
  /** A percentage from 0 to 100 with two digits after the point. */
  percent: scalar<DecimalOptions>('percent', { precision: 5, scale: 2, min: 0, max: 100 }),
  boolean: scalar<FieldOptions<boolean>>('boolean'),
  /** A point in time, in milliseconds and UTC. */
  datetime,
  /** A calendar day, `YYYY-MM-DD`. */
  date: scalar<FieldOptions<string>>('date'),
  /** A time of day, `hh:mm:ss`. */
  time: scalar<FieldOptions<string>>('time'),
  /** Any JSON value. */
  json: scalar<FieldOptions<unknown>>('json'),
  uuid: scalar<FieldOptions<string>>('uuid'),
  email: scalar<TextOptions>('email', { maxLength: 254 }),
  /** A web address (http, https, ftp). */
  url: scalar<TextOptions>('url', { maxLength: 500 }),
  phone: scalar<TextOptions>('phone', { maxLength: 20 }),
  /** Letters, digits, hyphens and underscores; `from` names the field it is made of when a new row names none. */
  slug: scalar<SlugOptions>('slug', { maxLength: 255 }),
  /** An IPv4 or IPv6 address. */
  ip: scalar<FieldOptions<string>>('ip', { maxLength: 45 }),
  /** A colour in hexadecimal notation, `#rrggbb`. */
  color: scalar<FieldOptions<string>>('color', { maxLength: 9 }),
  /** One of a list of values, or of the values of a TypeScript enum. */
  enum: enumeration,
  /** A file, kept by the application's `FileStorage`: its key in the column and in code, its address in JSON. */
  file: (options: FileOptions = {}): PropertyDecorator => stored('file', options),
  /** A picture, kept likewise. */
  image: (options: ImageOptions = {}): PropertyDecorator => stored('image', options),
  /** Counts the writes of a row, so that two writers never overwrite each other unseen. */
  version: (): PropertyDecorator => declare({ kind: 'version', scalarKind: 'integer', default: 1, generated: true }),
  /** Many rows of this model point to one of another. */
  foreignKey,
  /** One row points to one; the side without the column picks the field that has it. */
  oneToOne,
  /** The rows that point here by a foreign key. */
  oneToMany,
  /** Rows linked through a table of pairs; the side that does not own it picks the field that does. */
  manyToMany,
} as const;
