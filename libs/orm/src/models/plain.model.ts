import { Database } from '../context/database.js';
import type { Session } from '../context/session.js';
import type { ColumnName, PlainRow } from '../querysets/lookup-types.js';
import { keyOf } from '../querysets/condition.js';
import { givenList, givenName, givenOptions } from '../querysets/given-arguments.js';
import { modelDefinition } from './model-definition.js';
import { reloadRow } from './row-reload.js';
import { writableField } from './row-values.js';
import { deleteRow, insertRow, updateRow } from './row-writer.js';
import { managerOf, modelOf, storedSnapshot } from './tracking.js';

/**
 * Base of models that bring their own primary key: gives instances their methods and no field.
 * Most models extend {@link BaseModel} instead.
 */
export abstract class PlainModel {
  /**
   * Stores the instance: a new one is inserted, of a stored one the columns that changed are written. Related rows are
   * never touched.
   *
   * @param options `only` names the columns to write, if they changed; automatic times and the version are written along.
   * @throws VersionConflictError when somebody else wrote the row since it was read (models with a version field).
   * @throws DoesNotExistError when the row is gone, or `only` is said of a new one.
   */
  // Spelled out here: a named type of options would make a model no longer assignable to its base.
  async save(options?: Readonly<Partial<Record<'only', readonly ColumnName<this>[]>>>): Promise<this> {
    const session = sessionOf(this);
    const definition = modelDefinition(modelOf(this));
    const asked = { model: definition.name, what: 'save' };
    const { only } = givenOptions(asked, options);
    if (only !== undefined) {
      const names = givenList(asked, only).map((name) => writableField(definition, givenName(asked, name)).name);
      if (names.length > 0) await updateRow(session, this, names);
    } else {
      await (storedSnapshot(this) ? updateRow(session, this) : insertRow(session, this));
    }
    return this;
  }

  /** Deletes the row. @throws ProtectedError when others point to it and must not be left alone. */
  async delete(): Promise<void> {
    await deleteRow(sessionOf(this), this);
  }

  /**
   * Reads the row again, or the given columns of it; changes to them that were not saved are lost.
   *
   * @throws DoesNotExistError when the row is gone.
   */
  async refresh(...names: ColumnName<this>[]): Promise<this> {
    const definition = modelDefinition(modelOf(this));
    const fields = names.map((name) => writableField(definition, name));
    await reloadRow(sessionOf(this), this, fields);
    return this;
  }

  /** Writes the automatic times (`updatedAt`) and the version, and none of the columns that were changed. */
  async touch(): Promise<this> {
    await updateRow(sessionOf(this), this, []);
    return this;
  }

  /** The columns as plain data by property name, related rows as keys; hidden and write-only fields are left out. */
  toDict(): PlainRow<this> {
    const shown = [...modelDefinition(modelOf(this)).fields.values()].filter(
      ({ columnName, hidden, writeOnly }) => columnName !== undefined && !hidden && !writeOnly,
    );
    const entries = shown.map(({ name, relation }) => {
      const value: unknown = Reflect.get(this, name);
      return [name, (relation ? keyOf(value) : value) ?? null];
    });
    return Object.fromEntries(entries) as PlainRow<this>;
  }
}

/** Work in hand on the database that an instance was loaded from, else on that of the work. */
export function sessionOf(row: object): Session {
  const owner = managerOf(row);
  const database = owner ? Database.of(owner) : Database.forModel(modelOf(row));
  return { database, em: database.entityManager() };
}
