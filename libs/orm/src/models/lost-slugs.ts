import { UniqueViolationError } from '../errors/orm.errors.js';
import type { ModelDefinition } from './model-definition.js';

/** How often a slug may be lost to another transaction that stores the same one first. */
export const MAX_LOST_SLUGS = 100;

/** Tries again with other slugs when one that was made for a row has been stored by somebody else in the meantime. */
export async function retryLostSlugs<R>(
  { fields }: ModelDefinition,
  rows: readonly object[],
  store: () => Promise<R>,
): Promise<R> {
  const made = [...fields.values()].filter(
    ({ name, slugFrom, unique }) => slugFrom !== undefined && unique && rows.some((row) => !Reflect.get(row, name)),
  );
  for (let lost = 0; ; lost++) {
    try {
      return await store();
    } catch (error) {
      const slug = error instanceof UniqueViolationError && made.find(({ name }) => error.fields.join() === name);
      if (!slug || lost >= MAX_LOST_SLUGS) throw error;
      // A slug that was given stays what it is, and clashes again.
      const given = rows.map((row) => Reflect.get(row, slug.name) as unknown).filter(Boolean);
      if (given.length > 0 && lost > 2) throw error;
    }
  }
}
