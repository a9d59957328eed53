import type { Model } from 'casbin';
import type { Grants } from '../permissions/grants.js';
import { DEEPEST_CHAIN } from './granted-roles.js';
import { roleSubject, userSubject } from './subjects.js';

/**
 * The rules of the shipped model of roles by their subject, so that all that a user may do is known at once and a
 * decision is a look into a set, however many rules there are.
 */
export class RuleIndex {
  readonly #permissions = new Map<string, string[]>();
  readonly #roles = new Map<string, string[]>();
  readonly #known = new WeakMap<Grants, ReadonlySet<string>>();

  constructor({ model }: Model) {
    for (const [subject = '', resource, action] of model.get('p')?.get('p')?.policy ?? []) {
      append(this.#permissions, subject, `${resource}.${action}`);
    }
    for (const [member = '', role = ''] of model.get('g')?.get('g')?.policy ?? []) append(this.#roles, member, role);
  }

  /** The codenames that a user has by the tables, the rules, and the rules of all roles, those above them included as far as Casbin follows them. */
  permissionsOf(userId: number | string, grants: Grants): ReadonlySet<string> {
    let permissions = this.#known.get(grants);
    if (!permissions) this.#known.set(grants, (permissions = this.#collect(userId, grants)));
    return permissions;
  }

  #collect(userId: number | string, { roles, permissions }: Grants): ReadonlySet<string> {
    const all = new Set(permissions);
    for (const subject of this.#reachable([userSubject(userId), ...[...roles].map(roleSubject)])) {
      for (const codename of this.#permissions.get(subject) ?? []) all.add(codename);
    }
    return all;
  }

  /** Subjects and the roles above them, as far up as Casbin follows them: level by level, so that the shortest way counts. */
  #reachable(subjects: readonly string[]): ReadonlySet<string> {
    const reached = new Set(subjects);
    let level = subjects;
    for (let height = 0; height < DEEPEST_CHAIN && level.length > 0; height++) {
      const above = new Set(level.flatMap((subject) => this.#roles.get(subject) ?? []));
      level = [...above].filter((role) => !reached.has(role));
      for (const role of level) reached.add(role);
    }
    return reached;
  }
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
