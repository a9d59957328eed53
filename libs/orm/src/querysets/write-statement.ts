import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../context/database.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import type { Assignment } from './assignment.js';
import type { Condition } from './condition.js';
import { assignedSql, describeOperand } from './operand.js';
import type { ColumnPath } from './query-state.js';
import { canReturn, returningSql } from './returning.js';
import { conditionSql, describeCondition } from './condition-sql.js';
import { Scope } from './scope.js';
import type { BoundStatement } from './select-statement.js';
import { StatementBuilder } from './statement.js';

/** What a statement does to the rows that it finds. */
interface Change {
  /** Tells changes with different SQL apart. */
  readonly shape: string;
  readonly values: readonly unknown[];
  /** Whether the table may have an alias, so that a condition on its own columns can stand in the statement itself. */
  readonly takesAlias: boolean;
  sql(builder: StatementBuilder, table: RawBuilder<unknown>): RawBuilder<unknown>;
  /** What stands at the end. */
  returning?(): RawBuilder<unknown>;
}

/** Compiles the deletion of all rows that a query matches. */
export function deleteStatement(database: Database, model: ModelClass, where?: Condition): BoundStatement {
  return writeStatement(database, model, where, {
    shape: 'delete',
    values: [],
    takesAlias: false,
    sql: (_builder, table) => sql`delete from ${table}`,
  });
}

/** Compiles an update of all rows that a query matches, which may answer columns of them; a version column is counted up. */
export function updateStatement(
  database: Database,
  model: ModelClass,
  where: Condition | undefined,
  assignments: readonly Assignment[],
  columns?: readonly ColumnPath[],
): BoundStatement {
  const { name, versionField } = modelDefinition(model);
  const values: unknown[] = [];
  const described = assignments.map(({ field, value, operand }) => {
    if (operand) return `${field.name}=${describeOperand(operand, values)}`;
    values.push(value);
    return field.name;
  });
  return writeStatement(database, model, where, {
    shape: `update ${described.join()}${columns ? ` returning ${columns.map(({ key }) => key).join()}` : ''}`,
    values,
    takesAlias: canReturn(database.dialect),
    ...(columns && { returning: () => returningSql(name, columns) }),
    sql: (builder, table) => {
      const changes = assignments.map(
        ({ field: { columnName = '' }, operand }) =>
          sql`${sql.id(columnName)} = ${operand ? assignedSql(builder, operand) : builder.slot()}`,
      );
      const version = versionField && sql.id(versionField.columnName ?? '');
      if (version) changes.push(sql`${version} = ${version} + 1`);
      return sql`update ${table} set ${sql.join(changes)}`;
    },
  });
}

function writeStatement(
  database: Database,
  model: ModelClass,
  where: Condition | undefined,
  change: Change,
): BoundStatement {
  const definition = modelDefinition(model);
  const values = [...change.values];
  const description = where ? describeCondition(where, database.dialect, values) : '';
  const statement = database.statement(model, `${change.shape}|${description}`, () => {
    const builder = new StatementBuilder(database.dialect, database.kysely);
    const table = sql.table(definition.tableName);
    if (!where) {
      const changing = change.sql(builder, table);
      return builder.build(sql`${changing}${change.returning?.() ?? sql``}`);
    }
    const scope = new Scope(builder, definition);
    const aliased = sql`${table} as ${sql.id(scope.alias)}`;
    const changing = change.sql(builder, change.takesAlias ? aliased : table);
    const condition = conditionSql(scope, where);
    const returning = change.returning?.() ?? sql``;
    // So that a row that somebody else changes meanwhile is looked at again before it is written.
    if (change.takesAlias && !scope.hasJoins) return builder.build(sql`${changing} where ${condition}${returning}`);
    // The condition needs joins, which neither statement has on every database: the rows are found by a subquery.
    const key = sql.id(definition.primaryKey.columnName ?? '');
    const matching = sql`select ${scope.column(definition.primaryKey)} from ${scope.from()} where ${condition}`;
    return builder.build(sql`${changing} where ${key} in (${matching})${returning}`);
  });
  return { statement, values };
}
