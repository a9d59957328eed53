import type { SqlOrm } from '../databases/driver-options.js';
import type { NamedMigration } from './migration.js';
import type { Operation } from './operations/operation.js';
import { renameStatements, reversed } from './rename-statements.js';
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
  /** The names that the database records for it: its own and those of the migrations that it replaces. */
  readonly records: readonly string[];
  readonly steps: readonly PlannedStep[];
}

/** Plays migrations on paper and returns the tables as they leave them. */
export function replay(migrations: readonly NamedMigration[], start: SchemaState = {}): SchemaState {
  const steps = migrations.flatMap(({ operations }) => operations);
  return steps.reduce((state, operation) => (operation.kind === 'schema' ? operation.apply(state) : state), start);
}

/** Works out the statements of migrations that come one after the other, after `before`. */
export function planAll(
  orm: SqlOrm,
  migrations: readonly NamedMigration[],
  before: readonly NamedMigration[] = [],
): PlannedMigration[] {
  let state = replay(before);
  return migrations.map((migration) => {
    const planned = planMigration(orm, migration, state);
    state = replay([migration], state);
    return planned;
  });
}

function planMigration(
  orm: SqlOrm,
  { name, operations, replaces }: NamedMigration,
  before: SchemaState,
): PlannedMigration {
  let state = before;
  const steps = operations.map((operation): PlannedStep => {
    const { description } = operation;
    if (operation.kind === 'data') {
      const { reverseStatements: down = [], statements: up = [] } = operation;
      return { description, operation, up, down };
    }
    const previous = state;
    state = operation.apply(previous);
    const { fill, rename } = operation;
    if (rename) {
      const platform = orm.em.getPlatform();
      const up = renameStatements(platform, rename, previous);
      return { description, operation, up, down: renameStatements(platform, reversed(rename), state) };
    }
    return {
      description,
      operation,
      up: statementsBetween(orm, previous, state, fill),
      down: statementsBetween(orm, state, previous, fill),
    };
  });
  return { name, records: [name, ...replaces], steps };
}
