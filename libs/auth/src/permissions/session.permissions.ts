import { type Clock, CLOCK, type Principal } from '@core-framework/common';
import { type ActionContext, Permission, type PermissionEntry } from '@core-framework/viewset';
import { Inject, Injectable } from '@nestjs/common';
import { type Proof, UserPrincipal } from '../authentication/user-principal.js';

const MINUTE_MS = 60_000;
const RECENT_MINUTES = 15;

/** What who has not signed in recently is told. */
export const SIGN_IN_AGAIN = { message: 'Sign in again to do this.', code: 'reauthentication_required' } as const;

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
export function RecentlySignedIn(minutes = RECENT_MINUTES): PermissionEntry {
  @Injectable()
  class RecentSession extends Permission {
    override readonly message: string = SIGN_IN_AGAIN.message;
    override readonly code: string = SIGN_IN_AGAIN.code;

    constructor(@Inject(CLOCK) private readonly clock: Clock) {
      super();
    }

    override hasPermission({ principal }: ActionContext): boolean {
      return signedInRecently(principal, this.clock, minutes);
    }
  }
  return RecentSession;
}

export function signedInRecently(principal: Principal, clock: Clock, minutes = RECENT_MINUTES): boolean {
  const at = sessionOf(principal)?.authenticatedAt;
  return at !== undefined && clock.now().getTime() - at.getTime() < minutes * MINUTE_MS;
}

function sessionOf(principal: Principal): Proof | undefined {
  const proof = principal instanceof UserPrincipal ? principal.proof : undefined;
  return proof?.sessionId !== undefined && !proof.scopes ? proof : undefined;
}
