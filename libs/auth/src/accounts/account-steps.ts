import { type Clock, CLOCK } from '@core-framework/common';
import { modelDefinition } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { AuthEvents } from '../events/auth-events.service.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.service.js';
import type { RevokeReason } from '../sessions/session.model.js';
import { Sessions } from '../sessions/sessions.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { AuthHooks } from './auth-hooks.js';

/** What every step of an account's life writes: users, sessions, the audit trail; and who wants to know. */
@Injectable()
export class AccountSteps {
  @Inject(OneTimeTokens) private readonly tokens!: OneTimeTokens;

  constructor(
    @Inject(USERS) readonly users: UserManager<AbstractBaseUser>,
    readonly sessions: Sessions,
    readonly events: AuthEvents,
    readonly hooks: AuthHooks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The row of a user, `null` when there is none. */
  async find(id: number | string): Promise<AbstractBaseUser | null> {
    return this.users
      .where({ [this.#key]: id })
      .using('primary')
      .getOrNull();
  }

  /** Says when a user was last let in, without touching what else a request may be changing. */
  async noteLogin({ id }: AbstractBaseUser): Promise<void> {
    await this.users.where({ [this.#key]: id }).update({ lastLogin: this.clock.now() });
  }

  /**
   * Ends what somebody else may hold of an account: its sessions, and what would open one or give the account another password or
   * address. Answers how many sessions there were.
   */
  async endAll(userId: number | string, reason: RevokeReason): Promise<number> {
    await this.voidLinks(userId);
    return this.sessions.revokeAll(userId, reason);
  }

  /** Makes links and codes worthless that were handed out for an account as it was. */
  async voidLinks(userId: number | string): Promise<void> {
    await this.tokens.void(userId, 'reset_password', 'change_email', 'oauth_sign_in');
  }

  get #key(): string {
    return modelDefinition(this.users.model).primaryKey.name;
  }
}
