import type { Principal } from '@core-framework/common';
import { modelDefinition } from '@core-framework/orm';
import type { PermissionSnapshot } from '../groups/permission-snapshot.js';
import { readPermissions } from '../groups/permission-snapshot.js';
import { refuse } from '../tokens/tokens.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';

/** What is known of a user when his request arrives. */
export interface UserStanding {
  readonly id: number | string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly isVerified: boolean;
}

/** How a user showed who he is. */
export interface Proof {
  /** Name of the backend that knows him. */
  readonly backend: string;
  /** The session that the request belongs to, if any. */
  readonly sessionId?: string;
  /** When he last signed in, if the session tells. */
  readonly authenticatedAt?: Date;
  /** Codenames that the credentials are limited to. @defaultValue all that the user may do */
  readonly scopes?: readonly string[];
}

/**
 * A user who calls. Groups and permissions are read when they are first asked for, once per request. Credentials that are
 * limited to scopes are those of no superuser, nobody of the staff and nobody in a group, whoever their owner is.
 */
export class UserPrincipal<U extends AbstractBaseUser = AbstractBaseUser> implements Principal {
  readonly isAuthenticated = true;
  readonly id: number | string;
  readonly isActive: boolean;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly isVerified: boolean;
  readonly #users: UserManager<U>;
  #holdsAll: boolean;
  #snapshot?: Promise<PermissionSnapshot>;

  constructor(
    { id, isActive, isStaff, isSuperuser, isVerified }: UserStanding,
    readonly proof: Proof,
    users: UserManager<U>,
  ) {
    const isLimited = proof.scopes !== undefined;
    this.id = id;
    this.isActive = isActive;
    this.isStaff = isStaff && !isLimited;
    this.isSuperuser = isSuperuser && !isLimited;
    this.isVerified = isVerified;
    this.#holdsAll = isSuperuser;
    this.#users = users;
  }

  async hasPermission(codename: string): Promise<boolean> {
    if (!this.isActive || (this.proof.scopes && !this.proof.scopes.includes(codename))) return false;
    return this.#holdsAll || (await this.#permissions()).permissions.has(codename);
  }

  async inGroup(name: string): Promise<boolean> {
    return this.isActive && !this.proof.scopes && (await this.#permissions()).groups.has(name);
  }

  /** The user's row. @throws UnauthorizedException when it has been deleted meanwhile. */
  async user(): Promise<U> {
    const { primaryKey } = modelDefinition(this.#users.model);
    const users = this.#users.where({ [primaryKey.name]: this.id });
    // What is changed of it is changed from what it is now.
    return (await users.using('primary').getOrNull()) ?? refuse();
  }

  #permissions(): Promise<PermissionSnapshot> {
    this.#snapshot ??= readPermissions(this.#users.entityManager(), this.#users.model, this.id);
    return this.#snapshot;
  }
}
