import { MigrationStateError } from '../../errors/migration.errors.js';
import { checkTable, tableOf, type TableSpec, without } from '../schema-state.js';
import type { SchemaOperation } from './operation.js';

/** Creates a table with its indexes, foreign keys and checks. */
export function createTable(table: string, spec: TableSpec): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'createTable', args: [table, spec] },
    description: `create table ${table}`,
    apply: (state) => {
      if (Object.hasOwn(state, table)) throw new MigrationStateError(`Table "${table}" exists already.`);
      const next = { ...state, [table]: spec };
      checkTable(next, table);
      return next;
    },
  };
}

/** Drops a table with all its rows. Refused while foreign keys of other tables refer to it. */
export function dropTable(table: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'dropTable', args: [table] },
    description: `drop table ${table}`,
    apply: (state) => {
      tableOf(state, table);
      for (const [name, { foreignKeys = {} }] of Object.entries(state)) {
        if (name !== table && Object.values(foreignKeys).some(({ references }) => references.table === table)) {
          throw new MigrationStateError(`Table "${table}" cannot be dropped: table "${name}" refers to it.`);
        }
      }
      return without(state, table);
    },
  };
}

/** Changes the comment of a table, or removes it. */
export function commentTable(table: string, comment?: string): SchemaOperation {
  return {
    kind: 'schema',
    call: { name: 'commentTable', args: comment ? [table, comment] : [table] },
    description: `comment table ${table}`,
    apply: (state) => {
      const { comment: _before, ...spec } = tableOf(state, table);
      return { ...state, [table]: { ...spec, ...(comment && { comment }) } };
    },
  };
}
