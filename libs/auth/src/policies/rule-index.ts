import type { Model } from 'casbin';
import type { Grants } from '../permissions/grants.js';
import type { RoleGraph } from './role-graph.js';

/**
 * The rules of the shipped model of roles by their subject, so that all that a user may do is known at once and a
 * decision is a look into a set, however many rules there are.
 */
export class RuleIndex {
  readonly #permissions = new Map<string, string[]>();
  readonly #known = new WeakMap<Grants, ReadonlySet<string>>();

  constructor(
    { model }: Model,
    private readonly roles: RoleGraph,
  ) {
    for (const [subject = '', resource, action] of model.get('p')?.get('p')?.policy ?? []) {
      append(this.#permissions, subject, `${resource}.${action}`);
    }
  }

  /** The codenames that a user has by the tables, the rules, and the rules of all roles, those above them included as far as Casbin follows them. */
  permissionsOf(userId: number | string, grants: Grants): ReadonlySet<string> {
    let permissions = this.#known.get(grants);
    if (!permissions) this.#known.set(grants, (permissions = this.#collect(userId, grants)));
    return permissions;
  }

  #collect(userId: number | string, grants: Grants): ReadonlySet<string> {
    const all = new Set(grants.permissions);
    for (const subject of this.roles.reachable(userId, grants)) {
      for (const codename of this.#permissions.get(subject) ?? []) all.add(codename);
    }
    return all;
  }
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
