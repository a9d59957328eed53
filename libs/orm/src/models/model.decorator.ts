import { InvalidModelError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import { fieldsOf } from '../fields/field.metadata.js';
import { Manager } from '../querysets/manager.js';
import { recordModel } from './model-definition.js';
import { tableNameOf } from './naming.js';
import { isSoftDeletable } from './soft-delete.js';

/** Options of `@Model`. */
export interface ModelOptions {
  /** @defaultValue the class's name in the plural and in snake_case: `BlogPost` → `blog_posts` */
  readonly tableName?: string;
  /** Sets of fields whose values together are unique. */
  readonly unique?: readonly (readonly string[])[];
  /** Sets of fields that are indexed together. */
  readonly indexes?: readonly (readonly string[])[];
}

/**
 * Makes a class a model: its fields become columns of a table and `Class.objects` its {@link Manager}.
 *
 * @throws InvalidModelError when the class has no primary key, or the options name a field that it does not have.
 */
export function Model({ tableName, unique = [], indexes = [] }: ModelOptions = {}): ClassDecorator {
  return (target) => {
    const model = target as unknown as ModelClass;
    const fields = new Map(fieldsOf(model));
    const keys = [...fields.values()].filter((field) => field.kind === 'pk');
    const [primaryKey] = keys;
    if (!primaryKey || keys.length > 1) {
      throw new InvalidModelError(`${model.name} has ${keys.length} primary keys.`, {
        fix: 'Extend BaseModel, or declare exactly one field with @Field.pk().',
      });
    }
    checkNames(model.name, fields, [...unique, ...indexes].flat());
    checkSlugs(model.name, fields);
    recordModel({
      model,
      name: model.name,
      tableName: tableName ?? tableNameOf(model.name),
      fields,
      primaryKey,
      versionField: [...fields.values()].find((field) => field.kind === 'version'),
      deletedField: isSoftDeletable(model.prototype) ? fields.get('deletedAt') : undefined,
      uniqueTogether: copyOf(unique),
      indexes: copyOf(indexes),
    });
    Object.defineProperty(model, 'objects', { value: new Manager(model), configurable: true });
  };
}

function checkNames(model: string, fields: ReadonlyMap<string, FieldDefinition>, names: readonly string[]): void {
  const unknown = names.find((name) => !fields.get(name)?.columnName);
  if (unknown === undefined) return;
  throw new InvalidModelError(`@Model of ${model} names the field "${unknown}", which has no column.`, {
    fix: `Name fields of ${model}: ${[...fields.keys()].join(', ')}.`,
  });
}

function checkSlugs(model: string, fields: ReadonlyMap<string, FieldDefinition>): void {
  for (const { name, slugFrom } of fields.values()) {
    if (slugFrom !== undefined && !fields.has(slugFrom)) {
      throw new InvalidModelError(`${model}.${name} is made from "${slugFrom}", which is not a field.`, {
        fix: `Name a field of ${model}.`,
      });
    }
  }
}

function copyOf(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return Object.freeze(sets.map((names) => Object.freeze([...names])));
}
