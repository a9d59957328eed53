import { type Clock, CLOCK, type Principal } from '@core-framework/common';
import { type ActionContext, Permission, type PermissionEntry } from '@core-framework/viewset';
import { Inject, Injectable } from '@nestjs/common';
import { type Proof, UserPrincipal } from '../authentication/user-principal.js';

const MINUTE_MS = 60_000;

/** Asks for a caller who signed in himself: no program with a key, and no token that is limited to scopes. */
export class RequireSession extends Permission {
  override readonly message: string = 'Sign in to do this.';
  override readonly code: string = 'session_required';

  override hasPermission({ principal }: ActionContext): boolean {
    return sessionOf(principal) !== undefined;
  }
}

/**
 * Asks for a caller who signed in within the last minutes, for what must not be done by somebody who found a device that
 * was left behind.
 */
export function RecentlySignedIn(minutes = 15): PermissionEntry {
  @Injectable()
  class RecentSession extends Permission {
    override readonly message: string = 'Sign in again to do this.';
    override readonly code: string = 'reauthentication_required';

    constructor(@Inject(CLOCK) private readonly clock: Clock) {
      super();
    }

    override hasPermission({ principal }: ActionContext): boolean {
      const at = sessionOf(principal)?.authenticatedAt;
      return at !== undefined && this.clock.now().getTime() - at.getTime() < minutes * MINUTE_MS;
    }
  }
  return RecentSession;
}

function sessionOf(principal: Principal): Proof | undefined {
  const proof = principal instanceof UserPrincipal ? principal.proof : undefined;
  return proof?.sessionId !== undefined && !proof.scopes ? proof : undefined;
}
