import type { AbstractSqlPlatform } from '@mikro-orm/sql';
import { type CheckSpec } from '../constraints/check-spec.js';
import { checkSpecOf } from '../constraints/clause-check.js';
import { checkSql, indexPartSql } from '../constraints/check-sql.js';
import type { SqlOrm } from '../databases/driver-options.js';
import { type IndexDefinition, isModel, type ModelDefinition, modelDefinition } from './model-definition.js';

/** The rules of a model by name, in terms of columns. */
export function checksOf({ model, checks }: ModelDefinition): Readonly<Record<string, CheckSpec>> {
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, checkSpecOf(model, name, check)]));
}

/** Which rows an index holds, in terms of columns; all when absent. */
export function partOf(definition: ModelDefinition, { fields, where }: IndexDefinition): CheckSpec | undefined {
  return where && checkSpecOf(definition.model, `index of ${fields.join(', ')}`, where);
}

/** Name of an index in the database. */
export function indexNameOf(
  { fields, tableName }: ModelDefinition,
  index: IndexDefinition,
  platform: AbstractSqlPlatform,
): string {
  const columns = index.fields.map((name) => fields.get(name)?.columnName ?? name);
  return index.name ?? platform.getIndexName(tableName, columns, index.unique ? 'unique' : 'index');
}

/** Completes MikroORM's description of the models by what each database writes differently: rules and parts of indexes. */
export function declareConstraints(orm: SqlOrm): void {
  const platform = orm.em.getPlatform();
  for (const meta of orm.getMetadata().getAll().values()) {
    if (!isModel(meta.class)) continue;
    const definition = modelDefinition(meta.class);
    for (const [name, spec] of Object.entries(checksOf(definition))) {
      meta.checks.push({ name, expression: checkSql(spec, platform) });
    }
    for (const index of definition.indexes) {
      const part = partOf(definition, index);
      if (part === undefined) continue;
      const name = indexNameOf(definition, index, platform);
      (index.unique ? meta.uniques : meta.indexes).push({
        name,
        properties: [...index.fields],
        where: indexPartSql(part, index.unique, platform),
      });
    }
  }
}
