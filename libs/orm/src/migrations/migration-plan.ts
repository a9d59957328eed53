import type { SqlOrm } from '../databases/driver-options.js';
import type { NamedMigration } from './migration.js';
import type { Operation } from './operations/operation.js';
import type { SchemaState } from './schema-state.js';
import { statementsBetween } from './schema-statements.js';

/** One operation with the statements it comes to on the database at hand, there and back. */
export interface PlannedStep {
  readonly description: string;
  readonly operation: Operation;
  readonly up: readonly string[];
  readonly down: readonly string[];
}

/** A migration with the statements it comes to. */
export interface PlannedMigration {
  readonly name: string;
  readonly steps: readonly PlannedStep[];
}

/** Plays migrations on paper and returns the tables as they leave them. */
export function replay(migrations: readonly NamedMigration[], start: SchemaState = {}): SchemaState {
  const steps = migrations.flatMap(({ operations }) => operations);
  return steps.reduce((state, operation) => (operation.kind === 'schema' ? operation.apply(state) : state), start);
}

/** Works out the statements of a migration that comes after `before`. */
export function planMigration(
  orm: SqlOrm,
  { name, operations }: NamedMigration,
  before: SchemaState,
): PlannedMigration {
  let state = before;
  const steps = operations.map((operation): PlannedStep => {
    const { description } = operation;
    if (operation.kind === 'data') return { description, operation, up: operation.statements ?? [], down: [] };
    const previous = state;
    state = operation.apply(previous);
    return {
      description,
      operation,
      up: statementsBetween(orm, previous, state),
      down: statementsBetween(orm, state, previous),
    };
  });
  return { name, steps };
}
