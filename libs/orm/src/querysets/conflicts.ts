import { InvalidLookupError } from '../errors/orm.errors.js';
import type { ModelDefinition } from '../models/model-definition.js';
import { writableField } from '../models/row-values.js';
import { checkUnique, type ConflictRule } from '../models/rows-upsert.js';
import { givenList, givenName, givenRecord } from './given-arguments.js';
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

/** Completes the options of `bulkCreate`. @throws InvalidLookupError when they name what is not unique, or no field. */
export function conflictRule<T extends object>(
  definition: ModelDefinition<T>,
  rows: readonly NewRow<T>[],
  options: ConflictOptions<T>,
): ConflictRule {
  const { keys, name } = definition;
  const asked = { model: name, what: 'bulkCreate' };
  const { ignoreConflicts, updateConflicts } = givenRecord(asked, options);
  if (ignoreConflicts === true) return { kind: 'ignore' };
  const { unique: sameBy, update: chosen } = givenRecord(asked, updateConflicts);
  const namesOf = (list: unknown) =>
    givenList(asked, list).map((field) => writableField(definition, givenName(asked, field)).name);
  const unique = namesOf(sameBy);
  checkUnique(definition, unique);
  const given = new Set(rows.flatMap((row) => Object.keys(row)));
  const update =
    (chosen === undefined ? undefined : namesOf(chosen)) ??
    [...given].filter((field) => !unique.includes(field) && !keys.some((key) => key.name === field));
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
