import { CoreError } from '@core-framework/common';

/** `AuthModule` was given options that cannot work. */
export class AuthOptionsError extends CoreError {
  readonly code = 'AUTH_INVALID_OPTIONS';

  constructor(message: string, fix: string) {
    super(message, { fix });
  }
}
