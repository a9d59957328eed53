import type { JsonWebKey } from 'node:crypto';

/** What a token is good for; each kind has a key of its own, so that none passes for another. */
export type TokenType = 'access' | 'refresh' | (string & {});

/** What a token says. */
export interface TokenClaims {
  /** Key of the user, as text. */
  readonly sub: string;
  readonly jti: string;
  /** The session that it belongs to. */
  readonly sid?: string;
  /** The user's `tokenVersion` when it was issued. */
  readonly tv?: number;
  /** Codenames that it is limited to, separated by spaces. */
  readonly scope?: string;
  readonly [claim: string]: unknown;
}

/** What a token says that was verified. */
export interface TokenPayload extends TokenClaims {
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
}

/** When a token is issued and when it expires, in whole seconds. */
export interface TokenTimes {
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/**
 * Writes and reads tokens. Provide your own in `AuthModule.forRoot({ tokenBackend })`; `TOKEN_BACKEND_CASES` of
 * `@core-framework/auth/testing` says what it must do.
 */
export abstract class TokenBackend {
  abstract readonly name: string;

  /** The keys by which others verify access tokens, as JWKs; `undefined` when only who writes tokens can verify them. */
  get publicKeys(): readonly JsonWebKey[] | undefined {
    return undefined;
  }

  /** The same claims and times must make the same token, or a refresh that is repeated gets another answer. */
  abstract createToken(claims: TokenClaims, type: TokenType, times: TokenTimes): string | Promise<string>;

  /** What a token says, `null` unless it is of this type, ours, unchanged and in force. */
  abstract verifyToken(token: string, type: TokenType): TokenPayload | null | Promise<TokenPayload | null>;
}
