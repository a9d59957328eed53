import type { Principal } from './principal.js';

/** Turns rows of users into callers, for tests and tools. Provided under {@link PRINCIPAL_SOURCE} by whoever keeps accounts. */
export interface PrincipalSource {
  /** The caller that a user is who has just signed in; `null` for what is no user. */
  principalOf(user: object): Principal | null;
}

/** Injection token of the application's {@link PrincipalSource}. */
export const PRINCIPAL_SOURCE = Symbol.for('@core-framework/common:principal-source');
