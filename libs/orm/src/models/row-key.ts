import { type RawBuilder, sql } from 'kysely';
import { DoesNotExistError, InvalidValueError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { type DynamicLookups, keyOf } from '../querysets/condition.js';
import type { StatementBuilder } from '../querysets/statement.js';
import type { ModelDefinition } from './model-definition.js';
import { storableValue } from './row-values.js';
import { storedSnapshot } from './tracking.js';

type KeyValue = string | number | bigint;

/** What is true of one row's key; takes the places of its values, in the order of the keys. */
export function keyCondition(builder: StatementBuilder, { keys }: ModelDefinition): RawBuilder<unknown> {
  const same = keys.map(({ columnName = '' }) => sql`${sql.id(columnName)} = ${builder.slot()}`);
  return sql.join(same, sql` and `);
}

/** The lookups that find the row which an instance, or plain data, is of. */
export function keyLookups({ keys }: ModelDefinition, row: object): DynamicLookups {
  return Object.fromEntries(keys.map(({ name }) => [name, keyOf(Reflect.get(row, name))]));
}

/**
 * The values of the key by which a stored instance's row is found.
 *
 * @throws InvalidValueError when it holds something that no key can be, or another key than the row has.
 * @throws DoesNotExistError when it has none.
 */
export function storedKey(definition: ModelDefinition, row: object): readonly unknown[] {
  const stored = storedSnapshot(row);
  return definition.keys.map((field) => {
    const value = storableValue(definition, field, Reflect.get(row, field.name)) as KeyValue | null;
    if (value === null) throw new DoesNotExistError(definition.name);
    const known = stored && (Reflect.get(stored, field.name) as KeyValue | undefined);
    // As the database has them, big numbers are texts.
    if (known === undefined || String(known) === String(value)) return value;
    throw new InvalidValueError(definition.name, field.name, 'is part of the key, which a stored row keeps');
  });
}

/** The key that the database makes for new rows: that of a model with one key field, when no row brings it along. */
export function generatedKeyOf({ keys }: ModelDefinition, rows: readonly object[]): FieldDefinition | undefined {
  const [key, ...others] = keys;
  if (others.length > 0) return undefined;
  return rows.every((row) => Reflect.get(row, key.name) === undefined) ? key : undefined;
}
