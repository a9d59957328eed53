import { CoreError } from '@core-framework/common';

/** Another process listens where this application was told to. */
export class PortInUseError extends CoreError {
  readonly code = 'PLATFORM_PORT_IN_USE';

  constructor(host: string, port: number, cause: unknown) {
    super(`Port ${port} on ${host} is already in use.`, {
      fix: 'Stop the process that uses it, or set PORT to another port.',
      cause,
    });
  }
}

/** A setting asks for a package that is not installed. */
export class MissingPackageError extends CoreError {
  readonly code = 'PLATFORM_MISSING_PACKAGE';

  constructor(
    readonly packageName: string,
    reason: string,
    cause: unknown,
  ) {
    super(`${reason}, but the package "${packageName}" is not installed.`, {
      fix: `Install it (npm install ${packageName}), or provide a THROTTLE_STORE of your own.`,
      cause,
    });
  }
}

/** The address cannot be listened on for another reason: no such address here, or no right to. */
export class CannotListenError extends CoreError {
  readonly code = 'PLATFORM_CANNOT_LISTEN';

  constructor(host: string, port: number, reason: string, cause: unknown) {
    super(`Cannot listen on ${host}, port ${port} (${reason}).`, {
      fix: 'Set HOST to an address of this machine and PORT to a port this user may use (1024 and up).',
      cause,
    });
  }
}
