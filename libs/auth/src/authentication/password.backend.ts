import { CoreSettings } from '@core-framework/config';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import type { UserManager } from '../users/user.manager.js';
import { USERS } from '../users/users.provider.js';
import { AuthBackend, type Credentials } from './auth-backend.js';

// No database has them, so nobody is called so.
const UNSTORABLE = /[\0\p{Cs}]/u;

/** Signs in by `email` (or `username`, whatever the model's `USERNAME_FIELD` is) and `password`. */
@Injectable()
export class PasswordBackend extends AuthBackend {
  readonly name = 'default';

  /** By which documentation signs in with a form, and shows the token that it gets. */
  override readonly securityScheme: Readonly<Record<string, unknown>>;

  constructor(
    @Inject(USERS) private readonly users: UserManager<AbstractBaseUser>,
    @Optional() @Inject(CoreSettings) settings?: CoreSettings,
  ) {
    super();
    const tokenUrl = `${settings?.apiPrefix ?? ''}/auth/login`;
    this.securityScheme = { type: 'oauth2', flows: { password: { tokenUrl, scopes: {} } } };
  }

  override async authenticate({ email, username, password }: Credentials): Promise<AbstractBaseUser | null> {
    const identifier = username ?? email;
    if (identifier === undefined || password === undefined || UNSTORABLE.test(identifier)) return null;
    return this.users.authenticate(identifier, password);
  }
}
