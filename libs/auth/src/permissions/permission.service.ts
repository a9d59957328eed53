import { type Manager, InjectManager } from '@core-framework/orm';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { InvalidCodenameError, PoliciesNotConfiguredError } from '../errors/permission.errors.js';
import type { AuthEventParts } from '../events/auth-events.service.js';
import { Group } from '../groups/group.model.js';
import { checkCodename } from '../groups/named-permissions.js';
import { Permission } from '../groups/permission.model.js';
import { PolicyEngine } from '../policies/policy-engine.js';
import type { PolicyQuestion } from '../policies/policy-set.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { USERS } from '../users/users.provider.js';
import { type Grants, GrantReader } from './grants.js';
import { forgetGrants } from './known-grants.js';
import { PermissionAudit } from './permission-audit.js';
import { PREDEFINED_ROLES, type RoleDefinitions } from './predefined-roles.js';

type UserId = number | string;

/** What a check is about beside its resource and action. */
export type PermissionSubjectOptions = Pick<PolicyQuestion, 'object' | 'attributes'>;

/**
 * Gives and takes roles and permissions, and checks them. Roles are groups: what is changed here is changed in the tables,
 * which are the truth. Policies, where the application has any, are asked beside them.
 */
@Injectable()
export class PermissionService {
  constructor(
    private readonly grants: GrantReader,
    @Inject(USERS) private readonly users: Manager<AbstractBaseUser>,
    @InjectManager(Group) private readonly groups: Manager<Group>,
    @InjectManager(Permission) private readonly permissions: Manager<Permission>,
    @Optional() private readonly policies?: PolicyEngine,
  ) {}

  @Inject(PermissionAudit) private readonly audit!: PermissionAudit;

  /** Puts a user into the group of that name, which is made if it is not there; answers whether that changed anything. */
  async addRoleToUser(userId: UserId, role: string): Promise<boolean> {
    this.grants.assertGroups();
    const [group] = await this.groups.getOrCreate({ name: role });
    return this.#noted({ userId, detail: { role, change: 'given' } }, () =>
      this.#link(this.users, 'groups', userId, group.id),
    );
  }

  /** Takes a user out of a group; answers whether that changed anything. */
  async removeRoleFromUser(userId: UserId, role: string): Promise<boolean> {
    this.grants.assertGroups();
    const group = await this.groups.getOrNull({ name: role });
    if (!group) return false;
    return this.#noted({ userId, detail: { role, change: 'taken' } }, () =>
      this.#unlink(this.users, 'groups', userId, group.id),
    );
  }

  /** Names of the user's roles; none of a user who is not active. */
  async getUserRoles(userId: UserId): Promise<string[]> {
    return [...(await this.grants.of(userId)).roles].sort();
  }

  /** Gives a role a permission; both are made if they are not there. Answers whether that changed anything. */
  async addPermission(role: string, resource: string, action: string): Promise<boolean> {
    const codename = codenameOf(resource, action);
    const [group] = await this.groups.getOrCreate({ name: role });
    const [permission] = await this.permissions.getOrCreate({ codename });
    return this.#noted({ detail: { role, permission: codename, change: 'given' } }, () =>
      this.#link(this.groups, 'permissions', group.id, permission.id),
    );
  }

  /** Takes a permission from a role; answers whether that changed anything. */
  async removePermission(role: string, resource: string, action: string): Promise<boolean> {
    const group = await this.groups.getOrNull({ name: role });
    const codename = codenameOf(resource, action);
    const permission = await this.permissions.getOrNull({ codename });
    if (!group || !permission) return false;
    return this.#noted({ detail: { role, permission: codename, change: 'taken' } }, () =>
      this.#unlink(this.groups, 'permissions', group.id, permission.id),
    );
  }

  /** Pairs of resource and action that the role gives by the tables. */
  async getRolePermissions(role: string): Promise<[resource: string, action: string][]> {
    const group = await this.groups.getOrNull({ name: role });
    if (!group) return [];
    const ids = (await this.groups.links('permissions', [group.id])).map(([, id]) => id as number);
    const codenames = await this.permissions.filter({ id__in: ids }).orderBy('codename').pluck('codename');
    return codenames.map(partsOf);
  }

  /**
   * Whether an active user may do something: a superuser, or by the tables, or by policies. Read once per user and unit
   * of work. What cannot be decided is refused; without the database it throws.
   */
  async checkPermission(
    userId: UserId,
    resource: string,
    action: string,
    about: PermissionSubjectOptions = {},
  ): Promise<boolean> {
    const grants = await this.grants.of(userId);
    if (!grants.isActive || grants.isSuperuser) return grants.isActive;
    if (!this.policies) return grants.permissions.has(`${resource}.${action}`);
    // Whoever has a role by rules may do what the tables give to it, too.
    const byRules = await this.policies.rolesByRules(userId, grants);
    const all = byRules.length === 0 ? grants : await this.grants.withRoles(grants, byRules);
    return this.policies.allows({ userId, resource, action, ...about }, all);
  }

  /** Whether an active user has a role. */
  async hasRole(userId: UserId, role: string): Promise<boolean> {
    return (await this.grants.of(userId)).roles.has(role);
  }

  /** What the tables say of a user, read once per unit of work. */
  grantsOf(userId: UserId): Promise<Grants> {
    return this.grants.of(userId);
  }

  /** Makes the given roles and adds their permissions; what they have beside them stays. */
  async initializeRoles(roles: RoleDefinitions = PREDEFINED_ROLES): Promise<void> {
    await this.groups.atomic(async () => {
      for (const [role, codenames] of Object.entries(roles)) {
        for (const codename of codenames) await this.addPermission(role, ...partsOf(checkCodename(codename)));
      }
    });
  }

  /**
   * Adds a rule to `casbin_rule` (`addPolicy('p', 'r.user.id == r.object.author', 'posts', 'update')`).
   *
   * @throws InvalidPolicyError when it does not fit the model; nothing is written then.
   */
  async addPolicy(ptype: string, ...rule: string[]): Promise<void> {
    await this.addPolicies(ptype, [rule]);
  }

  /** Adds several rules of a type, all or none. */
  async addPolicies(ptype: string, rules: readonly (readonly string[])[]): Promise<void> {
    const copies = rules.map((rule) => [...rule]);
    const policies = this.#policies('addPolicies');
    await this.groups.atomic(async () => {
      await policies.add(ptype, copies);
      await this.audit.note({ detail: { policies: ptype, rules: copies.length, change: 'given' } });
    });
  }

  /** Removes a rule from `casbin_rule`. */
  async removePolicy(ptype: string, ...rule: string[]): Promise<void> {
    const policies = this.#policies('removePolicy');
    await this.groups.atomic(async () => {
      await policies.remove(ptype, rule);
      await this.audit.note({ detail: { policies: ptype, rules: 1, change: 'taken' } });
    });
  }

  /** Loads all rules anew; changes by this service are seen without it. */
  async loadPolicies(): Promise<void> {
    await this.#policies('loadPolicies').reload();
  }

  /** Writes the rules in memory, those of `policy.csv` among them, to the table; none is deleted. */
  async savePolicies(): Promise<void> {
    await this.#policies('savePolicies').save();
  }

  /** Puts a change that was one into the audit trail, in its transaction. */
  #noted(parts: AuthEventParts, change: () => Promise<boolean>): Promise<boolean> {
    return this.groups.atomic(async () => {
      const changed = await change();
      if (changed) await this.audit.note(parts);
      return changed;
    });
  }

  #policies(method: string): PolicyEngine {
    if (this.policies) return this.policies;
    throw new PoliciesNotConfiguredError(method);
  }

  /** The owner's row is locked, so that of two who link the same only one does. */
  #link<T extends object>(owners: Manager<T>, relation: string, owner: UserId, target: number): Promise<boolean> {
    return owners.atomic(async () => {
      await owners
        .where({ id: owner })
        .selectForUpdate()
        .rows({ columns: ['id'] });
      const links = await owners.links(relation, [owner]);
      if (links.some(([, present]) => present === target)) return false;
      await owners.addLinks(relation, [[owner, target]]);
      forgetGrants();
      return true;
    });
  }

  async #unlink<T extends object>(
    owners: Manager<T>,
    relation: string,
    owner: UserId,
    target: number,
  ): Promise<boolean> {
    const removed = await owners.removeLinks(relation, owner, [target]);
    forgetGrants();
    return removed > 0;
  }
}

/** @throws InvalidCodenameError when no permission can have that name. */
export function codenameOf(resource: string, action: string): string {
  const codename = `${resource}.${action}`;
  if (resource.includes('.')) throw new InvalidCodenameError(codename);
  return checkCodename(codename);
}

function partsOf(codename: string): [resource: string, action: string] {
  const dot = codename.indexOf('.');
  return [codename.slice(0, dot), codename.slice(dot + 1)];
}
