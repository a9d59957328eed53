import { Injectable } from '@nestjs/common';
import type { AbstractBaseUser } from '../users/abstract-user.js';

/**
 * What an application does beside each step. Override what is needed and name the class as
 * `AuthModule.forRoot({ hooks: MyHooks })`; it is created by Nest. What a hook throws, the request fails with.
 */
@Injectable()
export class AuthHooks<U extends AbstractBaseUser = AbstractBaseUser> {
  async onAfterRegister(_user: U): Promise<void> {}

  async onAfterLogin(_user: U): Promise<void> {}

  async onAfterUpdate(_user: U, _changes: Readonly<Record<string, unknown>>): Promise<void> {}

  async onAfterPasswordChange(_user: U): Promise<void> {}

  /** The token was mailed already. */
  async onAfterForgotPassword(_user: U, _token: string): Promise<void> {}

  async onAfterResetPassword(_user: U): Promise<void> {}

  /** The token was mailed already. */
  async onAfterRequestVerify(_user: U, _token: string): Promise<void> {}

  async onAfterVerify(_user: U): Promise<void> {}

  async onBeforeDelete(_user: U): Promise<void> {}

  async onAfterDelete(_user: U): Promise<void> {}
}
