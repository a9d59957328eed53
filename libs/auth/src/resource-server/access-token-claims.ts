/** What an access token says that another service issued, and that was verified. */
export interface AccessTokenClaims {
  /** Key of the user, as text. */
  readonly sub: string;
  readonly iss: string;
  readonly aud: string | readonly string[];
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
  readonly jti?: string;
  /** The session at the service that issued it. */
  readonly sid?: string;
  /** Permissions that it is limited to, separated by spaces. */
  readonly scope?: string;
  readonly [claim: string]: unknown;
}
