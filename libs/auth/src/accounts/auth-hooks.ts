import { Injectable } from '@nestjs/common';
import type { OAuthProfile } from '../oauth/oauth-provider.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';

const LONGEST_NAME = 150;

/**
 * What an application does beside each step. Override what is needed and name the class as
 * `AuthModule.forRoot({ hooks: MyHooks })`; it is created by Nest. What a hook throws, the request fails with.
 */
@Injectable()
export class AuthHooks<U extends AbstractBaseUser = AbstractBaseUser> {
  async onAfterRegister(_user: U): Promise<void> {}

  async onAfterLogin(_user: U): Promise<void> {}

  async onAfterUpdate(_user: U, _changes: Readonly<Record<string, unknown>>): Promise<void> {}

  async onAfterEmailChange(_user: U, _former: string): Promise<void> {}

  async onAfterPasswordChange(_user: U): Promise<void> {}

  /** The token was mailed already, and the request is answered: what this throws is only logged. */
  async onAfterForgotPassword(_user: U, _token: string): Promise<void> {}

  async onAfterResetPassword(_user: U): Promise<void> {}

  /** Likewise. */
  async onAfterRequestVerify(_user: U, _token: string): Promise<void> {}

  async onAfterVerify(_user: U): Promise<void> {}

  async onAfterTwoFactorEnable(_user: U): Promise<void> {}

  async onAfterTwoFactorDisable(_user: U): Promise<void> {}

  /** What a new user is made of who comes by another service. Only what clients may write themselves is taken. */
  async valuesOfOAuthUser(profile: OAuthProfile, _provider: string): Promise<Readonly<Record<string, unknown>>> {
    const { firstName = '', lastName = '' } = profile;
    return { firstName: shortened(firstName), lastName: shortened(lastName) };
  }

  async onBeforeDelete(_user: U): Promise<void> {}

  async onAfterDelete(_user: U): Promise<void> {}
}

/** No letter is cut in two. */
function shortened(name: string): string {
  return name.slice(0, LONGEST_NAME).replace(/[\ud800-\udbff]$/, '');
}
