import { MigrationStateError } from '../../errors/migration.errors.js';
import { checkTable, tableOf, type TableSpec, without } from '../schema-state.js';
import type { SchemaOperation } from './operation.js';

/** Creates a table with its indexes and foreign keys. */
export function createTable(table: string, spec: TableSpec): SchemaOperation {
  return {
    kind: 'schema',
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
