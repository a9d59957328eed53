import type { Model } from 'casbin';
import type { Grants } from '../permissions/grants.js';
import { DEEPEST_CHAIN } from './granted-roles.js';
import { ROLE_PREFIX, roleSubject, userSubject } from './subjects.js';

/** Which roles stand above users and roles, by the rules of one moment. */
export class RoleGraph {
  readonly #above = new Map<string, string[]>();

  constructor({ model }: Model) {
    for (const [member = '', role = '', ...domain] of model.get('g')?.get('g')?.policy ?? []) {
      // Roles within a domain are for the model's own matchers to weigh.
      if (domain.length > 0) continue;
      const above = this.#above.get(member);
      if (above) above.push(role);
      else this.#above.set(member, [role]);
    }
  }

  /** A user's subjects and the roles above them, as far up as Casbin follows them: level by level, so that the shortest way counts. */
  reachable(userId: number | string, { roles }: Grants): ReadonlySet<string> {
    let level: readonly string[] = [userSubject(userId), ...[...roles].map(roleSubject)];
    const reached = new Set(level);
    for (let height = 0; height < DEEPEST_CHAIN && level.length > 0; height++) {
      const above = new Set(level.flatMap((subject) => this.#above.get(subject) ?? []));
      level = [...above].filter((role) => !reached.has(role));
      for (const role of level) reached.add(role);
    }
    return reached;
  }

  /** Names of the roles that a user has by rules, and not by the tables. */
  rolesByRules(userId: number | string, grants: Grants): readonly string[] {
    if (this.#above.size === 0) return [];
    return [...this.reachable(userId, grants)]
      .filter((subject) => subject.startsWith(ROLE_PREFIX))
      .map((subject) => subject.slice(ROLE_PREFIX.length))
      .filter((role) => !grants.roles.has(role));
  }
}
