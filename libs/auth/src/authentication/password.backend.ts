import { Inject, Injectable } from '@nestjs/common';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { AuthBackend, type Credentials } from './auth-backend.js';

/** Signs in by `email` (or `username`, whatever the model's `USERNAME_FIELD` is) and `password`. */
@Injectable()
export class PasswordBackend extends AuthBackend {
  readonly name = 'default';

  constructor(@Inject(USERS) private readonly users: UserManager<AbstractBaseUser>) {
    super();
  }

  override async authenticate({ email, username, password }: Credentials): Promise<AbstractBaseUser | null> {
    const identifier = username ?? email;
    if (identifier === undefined || password === undefined) return null;
    return this.users.authenticate(identifier, password);
  }
}
