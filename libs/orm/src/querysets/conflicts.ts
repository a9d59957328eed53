import { InvalidLookupError } from '../errors/orm.errors.js';
import type { ModelDefinition } from '../models/model-definition.js';
import type { ConflictRule } from '../models/rows-upsert.js';
import type { ColumnName, NewRow } from './lookup-types.js';

/** What `bulkCreate` does with a row that clashes with one that is there already. */
export type ConflictOptions<T> =
  | {
      /** Leaves the row that is there as it is, whatever it clashes in. */
      readonly ignoreConflicts: true;
    }
  | {
      readonly updateConflicts: {
        /** The fields that tell that two rows are the same: a unique one, or several that are unique together. */
        readonly unique: readonly ColumnName<T>[];
        /** The fields that the row takes from the new one. @defaultValue all that are given, but for the unique ones */
        readonly update?: readonly ColumnName<T>[];
      };
    };

/** Completes the options of `bulkCreate`. */
export function conflictRule<T extends object>(
  { name, primaryKey }: ModelDefinition<T>,
  rows: readonly NewRow<T>[],
  options: ConflictOptions<T>,
): ConflictRule {
  if (!('updateConflicts' in options)) return { kind: 'ignore' };
  const unique: readonly string[] = options.updateConflicts.unique;
  const given = new Set(rows.flatMap((row) => Object.keys(row)));
  const update =
    options.updateConflicts.update ??
    [...given].filter((field) => !unique.includes(field) && field !== primaryKey.name);
  if (rows.length > 0 && update.length === 0) {
    throw new InvalidLookupError(
      name,
      unique.join(),
      'updateConflicts leaves nothing to update.',
      'Use ignoreConflicts.',
    );
  }
  return { kind: 'update', unique, update };
}
