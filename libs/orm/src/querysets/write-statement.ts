import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../context/database.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import type { Assignment } from './assignment.js';
import type { Condition } from './condition.js';
import { assignedSql, describeOperand } from './operand.js';
import { conditionSql, describeCondition } from './condition-sql.js';
import { Scope } from './scope.js';
import type { BoundStatement } from './select-statement.js';
import { StatementBuilder } from './statement.js';

/** What a statement does to the rows that it finds. */
interface Change {
  /** Tells changes with different SQL apart. */
  readonly shape: string;
  readonly values: readonly unknown[];
  sql(builder: StatementBuilder, table: RawBuilder<unknown>): RawBuilder<unknown>;
}

/** Compiles the deletion of all rows that a query matches. */
export function deleteStatement(database: Database, model: ModelClass, where?: Condition): BoundStatement {
  return writeStatement(database, model, where, {
    shape: 'delete',
    values: [],
    sql: (_builder, table) => sql`delete from ${table}`,
  });
}

/** Compiles an update of all rows that a query matches; a version column is counted up. */
export function updateStatement(
  database: Database,
  model: ModelClass,
  where: Condition | undefined,
  assignments: readonly Assignment[],
): BoundStatement {
  const { versionField } = modelDefinition(model);
  const values: unknown[] = [];
  const described = assignments.map(({ field, value, operand }) => {
    if (operand) return `${field.name}=${describeOperand(operand, values)}`;
    values.push(value);
    return field.name;
  });
  return writeStatement(database, model, where, {
    shape: `update ${described.join()}`,
    values,
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
    const changing = change.sql(builder, sql.table(definition.tableName));
    if (!where) return builder.build(changing);
    // The condition may need joins, which neither statement has on every database: the rows are found by a subquery.
    const scope = new Scope(builder, definition);
    const condition = conditionSql(scope, where);
    const key = sql.id(definition.primaryKey.columnName ?? '');
    const matching = sql`select ${scope.column(definition.primaryKey)} from ${scope.from()} where ${condition}`;
    return builder.build(sql`${changing} where ${key} in (${matching})`);
  });
  return { statement, values };
}
