import { type Manager, modelDefinition } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { USER_MODEL, type UserModel } from '../auth.options.js';
import { UsersWithoutPermissionsError } from '../errors/permission.errors.js';
import { readGroupPermissions, readPermissions } from '../groups/permission-snapshot.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { USERS } from '../users/users.provider.js';
import { knownGrants } from './known-grants.js';

/** What the tables say of a user's rights. */
export interface Grants {
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly isVerified: boolean;
  /** Names of the groups. */
  readonly roles: ReadonlySet<string>;
  /** Codenames of the user's own permissions and those of the groups. */
  readonly permissions: ReadonlySet<string>;
}

const NONE: Grants = Object.freeze({
  isActive: false,
  isStaff: false,
  isSuperuser: false,
  isVerified: false,
  roles: new Set<string>(),
  permissions: new Set<string>(),
});

const FLAGS = ['isActive', 'isStaff', 'isSuperuser', 'isVerified'] as const;

/** Reads {@link Grants}, once per user and unit of work: what is changed counts from the next request on. */
@Injectable()
export class GrantReader {
  readonly #widened = new WeakMap<Grants, { readonly key: string; readonly grants: Promise<Grants> }>();

  constructor(
    @Inject(USER_MODEL) private readonly model: UserModel,
    @Inject(USERS) private readonly users: Manager<AbstractBaseUser>,
  ) {}

  /** Whoever is not active, or not there, has none. */
  of(userId: number | string): Promise<Grants> {
    const known = knownGrants();
    if (!known) return this.#read(userId);
    const key = `${typeof userId}:${userId}`;
    let grants = known.get(key);
    if (!grants) known.set(key, (grants = this.#read(userId)));
    return grants;
  }

  /** The same with what the tables give to further roles, read once for the same grants and roles. */
  withRoles(grants: Grants, roles: readonly string[]): Promise<Grants> {
    const names = [...roles].sort();
    const key = JSON.stringify(names);
    const known = this.#widened.get(grants);
    if (known?.key === key) return known.grants;
    const widened = this.#widen(grants, names);
    this.#widened.set(grants, { key, grants: widened });
    return widened;
  }

  /** @throws UsersWithoutPermissionsError when the application's users have no groups. */
  assertGroups(): void {
    if (modelDefinition(this.model).fields.has('groups')) return;
    throw new UsersWithoutPermissionsError(this.model.name);
  }

  async #widen(grants: Grants, roles: readonly string[]): Promise<Grants> {
    const codenames = await readGroupPermissions(this.users.entityManager(), roles);
    return { ...grants, permissions: new Set([...grants.permissions, ...codenames]) };
  }

  async #read(userId: number | string): Promise<Grants> {
    // A replica may not know yet what was taken away.
    const [user] = await this.users.where({ id: userId }).using('primary').rows({ columns: FLAGS });
    if (!user?.['isActive']) return NONE;
    const flags = {
      isActive: true,
      isStaff: user['isStaff'] === true,
      isSuperuser: user['isSuperuser'] === true,
      isVerified: user['isVerified'] === true,
    };
    const { permissions, groups } = await readPermissions(this.users.entityManager(), this.model, userId);
    return { ...flags, roles: groups, permissions };
  }
}
