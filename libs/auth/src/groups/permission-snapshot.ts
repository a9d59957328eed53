import type { SqlEntityManager } from '@core-framework/orm';
import { sql } from 'kysely';
import { Group } from './group.model.js';
import { Permission } from './permission.model.js';

/** What a user may do and which groups he is in, at one moment. */
export interface PermissionSnapshot {
  readonly permissions: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

const NOTHING: PermissionSnapshot = Object.freeze({ permissions: new Set<string>(), groups: new Set<string>() });

/** Reads the groups of a user and the permissions that he has himself or by them, by one statement. */
export async function readPermissions(
  em: SqlEntityManager,
  userModel: abstract new (...args: never[]) => object,
  userId: unknown,
): Promise<PermissionSnapshot> {
  const users = em.getMetadata().get(userModel);
  const { groups, userPermissions } = users.properties as Record<string, LinkProperty | undefined>;
  if (!groups || !userPermissions) return NOTHING;
  const ofGroups = em.getMetadata().get(Group).properties.permissions as unknown as LinkProperty;
  const [inGroup, mayGroup, mayUser] = [linkOf(groups), linkOf(ofGroups), linkOf(userPermissions)];
  const { rows } = await sql<{ groupName: string | null; codename: string | null }>`
    select g.name as ${sql.id('groupName')}, p.codename as codename
    from ${sql.table(inGroup.table)} ug
    join ${sql.table(tableOf(em, Group))} g on g.id = ug.${sql.id(inGroup.target)}
    left join ${sql.table(mayGroup.table)} gp on gp.${sql.id(mayGroup.own)} = g.id
    left join ${sql.table(tableOf(em, Permission))} p on p.id = gp.${sql.id(mayGroup.target)}
    where ug.${sql.id(inGroup.own)} = ${userId}
    union all
    select null, p.codename
    from ${sql.table(mayUser.table)} up
    join ${sql.table(tableOf(em, Permission))} p on p.id = up.${sql.id(mayUser.target)}
    where up.${sql.id(mayUser.own)} = ${userId}`.execute(em.getKysely());
  return {
    permissions: new Set(rows.flatMap(({ codename }) => codename ?? [])),
    groups: new Set(rows.flatMap(({ groupName }) => groupName ?? [])),
  };
}

/** Reads what the tables give to groups of these names, by one statement. */
export async function readGroupPermissions(em: SqlEntityManager, names: readonly string[]): Promise<string[]> {
  const mayGroup = linkOf(em.getMetadata().get(Group).properties.permissions);
  const { rows } = await sql<{ codename: string }>`
    select p.codename as codename
    from ${sql.table(tableOf(em, Group))} g
    join ${sql.table(mayGroup.table)} gp on gp.${sql.id(mayGroup.own)} = g.id
    join ${sql.table(tableOf(em, Permission))} p on p.id = gp.${sql.id(mayGroup.target)}
    where g.name in (${sql.join(names)})`.execute(em.getKysely());
  return rows.map(({ codename }) => codename);
}

interface LinkProperty {
  readonly pivotTable: string;
  readonly joinColumns: readonly string[];
  readonly inverseJoinColumns: readonly string[];
}

function linkOf({ pivotTable, joinColumns: [own = ''], inverseJoinColumns: [target = ''] }: LinkProperty) {
  return { table: pivotTable, own, target };
}

function tableOf(em: SqlEntityManager, model: abstract new (...args: never[]) => object): string {
  return em.getMetadata().get(model).tableName;
}
