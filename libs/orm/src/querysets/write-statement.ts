import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../context/database.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import type { Assignment } from './assignment.js';
import type { Condition } from './condition.js';
import { assignedSql, columnsIn, describeOperand } from './operand.js';
import { conditionSql, describeCondition } from './condition-sql.js';
import type { ColumnPath } from './query-state.js';
import { returningSql } from './returning.js';
import { Scope } from './scope.js';
import { type BoundStatement, describeColumns } from './select-statement.js';
import { StatementBuilder } from './statement.js';

type Sql = RawBuilder<unknown>;

/** What a statement does to the rows that it finds. */
interface Change {
  /** Tells changes with different SQL apart. */
  readonly shape: string;
  readonly values: readonly unknown[];
  /** What the columns are set to; absent for a deletion. */
  readonly set?: (scope: Scope) => Sql;
  /** Columns of the rows that are answered, where the database can. */
  readonly columns?: readonly ColumnPath[];
}

/** Compiles the deletion of all rows that a query matches. */
export function deleteStatement(database: Database, model: ModelClass, where?: Condition): BoundStatement {
  return writeStatement(database, model, where, { shape: 'delete', values: [] });
}

/** Compiles an update of all rows that a query matches, which may answer columns of them; a version column is counted up. */
export function updateStatement(
  database: Database,
  model: ModelClass,
  where: Condition | undefined,
  assignments: readonly Assignment[],
  columns?: readonly ColumnPath[],
): BoundStatement {
  if (database.dialect === 'mysql') refuseSwaps(model, assignments);
  const { versionField } = modelDefinition(model);
  const values: unknown[] = [];
  const described = assignments.map(({ field, value, operand }) => {
    if (operand) return `${field.name}=${describeOperand(operand, values)}`;
    values.push(value);
    return field.name;
  });
  return writeStatement(database, model, where, {
    shape: `update ${described.join()}${columns ? ` returning ${describeColumns(columns)}` : ''}`,
    values,
    columns,
    set: (scope) => {
      const target = ({ columnName = '' }: Assignment['field']) =>
        speaksMySql(database.dialect) ? sql.id(scope.alias, columnName) : sql.id(columnName);
      const changes = assignments.map(
        ({ field, operand }) => sql`${target(field)} = ${operand ? assignedSql(scope, operand) : scope.builder.slot()}`,
      );
      if (versionField) changes.push(sql`${target(versionField)} = ${scope.column(versionField)} + 1`);
      return sql.join(changes);
    },
  });
}

/** MySQL assigns one column after the other, so that an expression would see what others were just given. */
function refuseSwaps(model: ModelClass, assignments: readonly Assignment[]): void {
  for (const { field, operand } of assignments) {
    const others = assignments.filter((other) => other.field !== field).map((other) => other.field);
    const read = operand && columnsIn(operand).find((column) => others.includes(column));
    if (!read) continue;
    throw new InvalidLookupError(
      model.name,
      field.name,
      `"${field.name}" is computed of "${read.name}", which the same update changes: MySQL cannot do both at once.`,
      'Update them one after the other inside atomic().',
    );
  }
}

function writeStatement(
  database: Database,
  model: ModelClass,
  where: Condition | undefined,
  change: Change,
): BoundStatement {
  const values = [...change.values];
  const description = where ? describeCondition(where, database.dialect, values) : '';
  const statement = database.statement(model, `${change.shape}|${description}`, () => {
    const scope = new Scope(new StatementBuilder(database.dialect, database.kysely), modelDefinition(model));
    // The changes first: values are handed over in the order in which places are taken.
    const set = change.set?.(scope);
    const condition = where && conditionSql(scope, where);
    const changing = speaksMySql(database.dialect) ? joined(scope, set, condition) : plain(scope, set, condition);
    const returning = change.columns ? returningSql(scope.definition.name, change.columns) : sql``;
    return scope.builder.build(sql`${changing}${returning}`);
  });
  return { statement, values };
}

/** MySQL changes one of several joined tables. */
function joined(scope: Scope, set: Sql | undefined, condition: Sql | undefined): Sql {
  const rows = condition ? sql`where ${condition}` : sql``;
  return set
    ? sql`update ${scope.from()} set ${set} ${rows}`
    : sql`delete ${sql.id(scope.alias)} from ${scope.from()} ${rows}`;
}

/**
 * Elsewhere neither statement has joins: rows that need them are found by a subquery. Other conditions stand in the
 * statement itself, so that a row that somebody else changes meanwhile is looked at again before it is written.
 */
function plain(scope: Scope, set: Sql | undefined, condition: Sql | undefined): Sql {
  const { definition } = scope;
  const table = sql`${sql.table(definition.tableName)} as ${sql.id(scope.alias)}`;
  const changing = set ? sql`update ${table} set ${set}` : sql`delete from ${table}`;
  if (!condition) return changing;
  if (!scope.hasJoins) return sql`${changing} where ${condition}`;
  // Inside the subquery the table's alias means the subquery's own row.
  const matching = sql`select ${sql.join(definition.keys.map((key) => scope.column(key)))} from ${scope.from()} where ${condition}`;
  const key = sql.join(definition.keys.map(({ columnName = '' }) => sql.id(columnName)));
  return sql`${changing} where (${key}) in (${matching})`;
}
