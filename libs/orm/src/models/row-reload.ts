import type { Session } from '../context/session.js';
import { DoesNotExistError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import { conditionOf, keyOf } from '../querysets/condition.js';
import { EVERYTHING } from '../querysets/query-state.js';
import { columnsToLoad, mapRow } from '../querysets/row-loader.js';
import { selectStatement } from '../querysets/select-statement.js';
import { execute } from '../querysets/statement-executor.js';
import { modelDefinition } from './model-definition.js';
import { keyLookups } from './row-key.js';
import { assignValues } from './row-values.js';
import { markStored, markWritten, modelOf } from './tracking.js';

/** Reads an instance's row again into the instance itself: all of it, or the given columns. */
export async function reloadRow(session: Session, row: object, chosen: readonly FieldDefinition[]): Promise<void> {
  const { database, em } = session;
  const model = modelOf(row);
  const definition = modelDefinition(model);
  const { name } = definition;
  const where = conditionOf(model, keyLookups(definition, row));
  const partial = chosen.length > 0;
  const columns = columnsToLoad(model, partial ? chosen : undefined);
  const selection = { kind: 'rows', columns, joined: [], annotations: EVERYTHING.annotations } as const;
  const { statement, values } = selectStatement(database, model, { ...EVERYTHING, deleted: 'with', where }, selection);
  const { rows } = await execute<Record<string, unknown>>(session, statement, values);
  if (!rows[0]) throw new DoesNotExistError(name);
  if (partial) {
    // Elsewhere, so that the instance keeps what was not asked for.
    const fresh = mapRow(em.fork({ disableContextResolution: true }), model, rows[0]);
    const values = chosen.map((field) => [field.name, keyOf(Reflect.get(fresh, field.name))] as const);
    assignValues(em, definition, row, Object.fromEntries(values));
    markWritten(
      em,
      row,
      chosen.map((field) => field.name),
    );
    return;
  }
  const fresh = mapRow(em, model, rows[0]);
  if (fresh === row) return;
  for (const field of columns) Reflect.set(row, field.name, Reflect.get(fresh, field.name));
  markStored(em, row);
}
