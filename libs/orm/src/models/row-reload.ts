import type { Session } from '../context/session.js';
import { DoesNotExistError } from '../errors/orm.errors.js';
import { conditionOf } from '../querysets/condition.js';
import { EVERYTHING } from '../querysets/query-state.js';
import { columnsToLoad, mapRow } from '../querysets/row-loader.js';
import { selectStatement } from '../querysets/select-statement.js';
import { execute } from '../querysets/statement-executor.js';
import { modelDefinition } from './model-definition.js';
import { markStored, modelOf } from './tracking.js';

/** Reads an instance's row again into the instance itself. */
export async function reloadRow(session: Session, row: object): Promise<void> {
  const { database, em } = session;
  const model = modelOf(row);
  const { name, primaryKey } = modelDefinition(model);
  const where = conditionOf(model, { [primaryKey.name]: Reflect.get(row, primaryKey.name) as unknown });
  const columns = columnsToLoad(model);
  const selection = { kind: 'rows', columns, joined: [], annotations: EVERYTHING.annotations } as const;
  const { statement, values } = selectStatement(database, model, { ...EVERYTHING, deleted: 'with', where }, selection);
  const { rows } = await execute<Record<string, unknown>>(session, statement, values);
  if (!rows[0]) throw new DoesNotExistError(name);
  const fresh = mapRow(em, model, rows[0]);
  if (fresh === row) return;
  for (const field of columns) Reflect.set(row, field.name, Reflect.get(fresh, field.name));
  markStored(em, row);
}
