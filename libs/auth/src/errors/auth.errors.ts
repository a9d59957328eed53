import { CoreError } from '@core-framework/common';

/** `AuthModule` was given options that cannot work. */
export class AuthOptionsError extends CoreError {
  readonly code = 'AUTH_INVALID_OPTIONS';

  constructor(message: string, fix: string) {
    super(message, { fix });
  }
}

/** A hasher is named that nobody registered. */
export class UnknownHasherError extends CoreError {
  readonly code = 'AUTH_UNKNOWN_HASHER';

  constructor(
    readonly hasher: string,
    known: readonly string[],
  ) {
    super(`There is no password hasher "${hasher}".`, {
      fix: `Set AUTH_PASSWORD_HASHER to one of ${known.join(', ')}, or name your own in AuthModule.forRoot({ hashers }).`,
    });
  }
}

/** A hasher needs a package that is not installed. */
export class MissingHasherPackageError extends CoreError {
  readonly code = 'AUTH_MISSING_HASHER_PACKAGE';

  constructor(
    readonly hasher: string,
    readonly packageName: string,
    cause: unknown,
  ) {
    super(`The password hasher "${hasher}" needs ${packageName}, which is not installed.`, {
      fix: `npm install ${packageName}`,
      cause,
    });
  }
}

/** Users are asked for their passwords in an application without `AuthModule`. */
export class NoAuthModuleError extends CoreError {
  readonly code = 'AUTH_NO_MODULE';

  constructor() {
    super('Passwords are asked for in an application without AuthModule, so nobody says how they are hashed.', {
      fix: 'Import AuthModule.forRoot({ userModel }) in the root module.',
    });
  }
}

/** The permissions of a user or a group are asked for at once, and were not read yet. */
export class PermissionsNotLoadedError extends CoreError {
  readonly code = 'AUTH_PERMISSIONS_NOT_LOADED';

  constructor(method: string, owner: 'user' | 'group') {
    super(`${method}() was called before the permissions of the ${owner} were read.`, {
      fix: `Call await ${owner}.loadPermissions() first.`,
    });
  }
}

/** A token was to carry a claim of the application's own whose name means something else. */
export class ReservedClaimError extends CoreError {
  readonly code = 'AUTH_RESERVED_CLAIM';

  constructor(readonly claim: string) {
    super(`extraClaims set "${claim}", which is reserved.`, { fix: 'Give the claim a name of its own.' });
  }
}

/** A backend is named that nobody registered. */
export class UnknownAuthBackendError extends CoreError {
  readonly code = 'AUTH_UNKNOWN_BACKEND';

  constructor(
    readonly backend: string,
    known: readonly string[],
  ) {
    super(`There is no authentication backend "${backend}".`, {
      fix: `Name one of ${known.join(', ')}, or add your own to AuthModule.forRoot({ backends }).`,
    });
  }
}

/** The token of a caller was to be sent to a service that must not have it. */
export class ForwardingRefusedError extends CoreError {
  readonly code = 'AUTH_FORWARDING_REFUSED';

  constructor(readonly origin: string) {
    super(`The caller's token is not sent to ${origin}.`, {
      fix: 'Name the origin in AuthModule.forResourceServer({ forwardTo }) if the service may act in the name of callers.',
    });
  }
}
