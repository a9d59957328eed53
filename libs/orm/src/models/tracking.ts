import { type EntityData, helper } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { ModelClass } from '../fields/field-definition.js';

/** What an instance held when it was last read or written. */
export type Snapshot = EntityData<object>;

/** The EntityManager that an instance was loaded by; `undefined` for a new one. */
export function managerOf(row: object): SqlEntityManager | undefined {
  return wrapped(row)?.__em as SqlEntityManager | undefined;
}

/** What is known of the row's state in the database; `undefined` when it is not stored yet. */
export function storedSnapshot(row: object): Snapshot | undefined {
  const state = wrapped(row);
  return state?.__managed ? (state.__originalEntityData ?? {}) : undefined;
}

/** Names of the columns that differ from what is stored. A property that was taken away (`undefined`) does not count. */
export function changedFields(em: SqlEntityManager, row: object, stored: Snapshot): string[] {
  const comparator = em.getComparator();
  const current = comparator.prepareEntity(row);
  const changes = comparator.diffEntities(modelOf(row), stored, current);
  return Object.keys(changes).filter((name) => Reflect.get(row, name) !== undefined);
}

/** Takes the instance's present state for the stored one, and the instance for the one of its key in the EntityManager. */
export function markStored(em: SqlEntityManager, row: object): void {
  const state = helper(row);
  state.__em = em;
  state.__managed = true;
  state.__initialized = true;
  const snapshot = em.getComparator().prepareEntity(row);
  em.getUnitOfWork(false).register(row, snapshot, { refresh: true });
}

/** Takes columns for stored that were just written, and leaves the others as they were. */
export function markWritten(em: SqlEntityManager, row: object, names: readonly string[]): void {
  const state = helper(row);
  const current: Snapshot = em.getComparator().prepareEntity(row);
  const stored: Snapshot = { ...state.__originalEntityData };
  for (const name of names) Reflect.set(stored, name, Reflect.get(current, name));
  state.__originalEntityData = stored;
}

/** Makes an instance a new one again, after its row was deleted or its creation undone. */
export function forget(em: SqlEntityManager, row: object): void {
  em.getUnitOfWork(false).unsetIdentity(row);
}

/** Puts back what an instance was thought to hold before a transaction that came to nothing. */
export function restoreSnapshot(row: object, snapshot: Snapshot): void {
  const state = helper(row);
  state.__managed = true;
  state.__originalEntityData = snapshot;
}

/** The instance of that key if the EntityManager has it, and whether it carries changes that are not saved. */
export function knownInstance(
  em: SqlEntityManager,
  model: ModelClass,
  key: unknown,
): { row: object; changed: boolean } | undefined {
  const row = em.getUnitOfWork(false).getById<object>(model, key, undefined, true);
  const stored = row && helper(row).__initialized ? storedSnapshot(row) : undefined;
  if (!row || !stored) return undefined;
  const comparator = em.getComparator();
  return { row, changed: !comparator.matching(model, stored, comparator.prepareEntity(row)) };
}

export function modelOf(row: object): ModelClass {
  return row.constructor as ModelClass;
}

function wrapped(row: object) {
  return '__helper' in row ? helper(row) : undefined;
}
