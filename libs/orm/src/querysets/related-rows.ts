import { type RawBuilder, sql } from 'kysely';
import type { FieldDefinition } from '../fields/field-definition.js';
import { linkTableOf } from '../models/link-table.js';
import { targetOf } from './lookup.js';
import { Scope } from './scope.js';

type Sql = RawBuilder<unknown>;

/** The rows that a relation without a column leads to from one row, for a subquery that is correlated with that row. */
export interface RelatedRows {
  readonly scope: Scope;
  /** What stands behind `from`; to be asked for last, when everything has added the joins that it needs. */
  from(): Sql;
  /** What ties them to the row. */
  readonly tie: Sql;
}

/** Starts a subquery of the rows that `relation` leads to from the row of `owner`. */
export function relatedRows(owner: Scope, relation: FieldDefinition): RelatedRows {
  const { builder, definition } = owner;
  const target = targetOf(relation);
  const scope = new Scope(builder, target, { root: owner.root });
  const ownKey = owner.column(definition.primaryKey);
  const { mappedBy, kind } = relation.relation ?? {};
  if (kind === 'manyToMany') {
    const link = linkTableOf(definition, relation);
    const alias = builder.alias();
    return {
      scope,
      from: () =>
        sql`${sql.table(link.name)} as ${sql.id(alias)} inner join ${scope.from()} on ${scope.column(target.primaryKey)} = ${sql.id(alias, link.targetColumn)}`,
      tie: sql`${sql.id(alias, link.ownColumn)} = ${ownKey}`,
    };
  }
  const back = target.fields.get(mappedBy ?? '');
  if (!back) throw new TypeError(`${target.name} has no field ${mappedBy}`);
  return { scope, from: () => scope.from(), tie: sql`${scope.column(back)} = ${ownKey}` };
}
