import { randomUUID } from 'node:crypto';
import { type Clock, CLOCK, type PrincipalSource } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { UserPrincipal } from './user-principal.js';

/** Users as callers who have just signed in, with a session that nothing knows of. */
@Injectable()
export class UserPrincipalSource implements PrincipalSource {
  constructor(
    @Inject(USERS) private readonly users: UserManager<AbstractBaseUser>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  principalOf(user: object): UserPrincipal | null {
    if (!(user instanceof AbstractBaseUser)) return null;
    const proof = { backend: 'testing', sessionId: randomUUID(), authenticatedAt: this.clock.now() };
    return new UserPrincipal(user, proof, this.users);
  }
}
