import { Database } from '../context/database.js';
import type { Session } from '../context/session.js';
import type { PlainRow } from '../querysets/lookup-types.js';
import { keyOf } from '../querysets/condition.js';
import { modelDefinition } from './model-definition.js';
import { reloadRow } from './row-reload.js';
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
   * @throws VersionConflictError when somebody else wrote the row since it was read (models with a version field).
   */
  async save(): Promise<this> {
    const session = sessionOf(this);
    await (storedSnapshot(this) ? updateRow(session, this) : insertRow(session, this));
    return this;
  }

  /** Deletes the row. @throws ProtectedError when others point to it and must not be left alone. */
  async delete(): Promise<void> {
    await deleteRow(sessionOf(this), this);
  }

  /** Reads the row again; changes that were not saved are lost. @throws DoesNotExistError when it is gone. */
  async refresh(): Promise<this> {
    await reloadRow(sessionOf(this), this);
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
  const database = owner ? Database.of(owner) : Database.current();
  return { database, em: database.entityManager() };
}
