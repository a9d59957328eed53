import type { Principal } from '@core-framework/common';
import type { AccessTokenClaims } from './access-token-claims.js';

/**
 * A caller who is known by his token alone. He may do what its `permissions` name and is in its `groups` (or `roles`); a
 * token with a `scope` is limited to that, and is then the token of no superuser.
 */
export class TokenPrincipal implements Principal {
  readonly isAuthenticated = true;
  readonly isActive = true;
  /** The `sub` of the token; as a number where it is written like one. */
  readonly id: number | string;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  readonly isVerified: boolean;
  /** What the token is limited to. */
  readonly scopes?: readonly string[];
  readonly #permissions: ReadonlySet<string>;
  readonly #groups: ReadonlySet<string>;
  readonly #holdsAll: boolean;

  constructor(readonly claims: AccessTokenClaims) {
    const { sub, scope, permissions, groups, roles, isStaff, isSuperuser, isVerified } = claims;
    this.id = /^(?:0|[1-9]\d{0,14})$/.test(sub) ? Number(sub) : sub;
    this.scopes = scope?.split(' ').filter((name) => name !== '');
    const isWhole = this.scopes === undefined;
    this.isStaff = isWhole && isStaff === true;
    this.isSuperuser = isWhole && isSuperuser === true;
    this.isVerified = isVerified === true;
    this.#holdsAll = isSuperuser === true;
    this.#permissions = new Set(texts(permissions));
    this.#groups = new Set(isWhole ? [...texts(groups), ...texts(roles)] : []);
  }

  hasPermission(codename: string): boolean {
    if (this.scopes && !this.scopes.includes(codename)) return false;
    return this.#holdsAll || this.#permissions.has(codename);
  }

  inGroup(name: string): boolean {
    return this.#groups.has(name);
  }
}

function texts(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string') : [];
}
