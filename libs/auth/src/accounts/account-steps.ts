import { type Clock, CLOCK } from '@core-framework/common';
import { modelDefinition } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { AuthEvents } from '../events/auth-events.service.js';
import { Sessions } from '../sessions/sessions.service.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { AuthHooks } from './auth-hooks.js';

/** What every step of an account's life writes: users, sessions, the audit trail; and who wants to know. */
@Injectable()
export class AccountSteps {
  constructor(
    @Inject(USERS) readonly users: UserManager<AbstractBaseUser>,
    readonly sessions: Sessions,
    readonly events: AuthEvents,
    readonly hooks: AuthHooks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The row of a user, `null` when there is none. */
  async find(id: number | string): Promise<AbstractBaseUser | null> {
    return this.users.where({ [this.#key]: id }).getOrNull();
  }

  /** Says when a user was last let in, without touching what else a request may be changing. */
  async noteLogin({ id }: AbstractBaseUser): Promise<void> {
    await this.users.where({ [this.#key]: id }).update({ lastLogin: this.clock.now() });
  }

  get #key(): string {
    return modelDefinition(this.users.model).primaryKey.name;
  }
}
