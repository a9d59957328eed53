import { UnauthorizedException } from '@core-framework/common';

/** Ends a sign-in at once: thrown by a backend that knows that no other one may let these credentials in. */
export class AuthenticationStop extends UnauthorizedException {
  constructor() {
    super('Invalid email or password.', { code: 'invalid_credentials' });
  }
}
