import { randomUUID } from 'node:crypto';
import { type Clock, CLOCK, UnauthorizedException } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import { RESOLVED_AUTH_OPTIONS, type ResolvedAuthOptions } from '../auth.options.js';
import { ReservedClaimError } from '../errors/auth.errors.js';
import type { AbstractBaseUser } from '../users/abstract-user.js';
import { AccessClaims } from './access-claims.js';
import type { IssuedRefreshToken } from './refresh-rotation.js';
import { TokenBackend, type TokenPayload, type TokenType } from './token-backend.js';

/** Claims that mean something to us, and that nobody else may set. */
const RESERVED = new Set(['sub', 'iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sid', 'tv', 'typ', 'scope']);

/** What an access token is made of. */
export interface AccessTokenOptions {
  readonly user: Pick<AbstractBaseUser, 'id' | 'tokenVersion'>;
  /** The session that it ends with; without one it lives until it expires, or the user's tokens are ended. */
  readonly sessionId?: string;
  /** Codenames that it is limited to. @defaultValue all that the user may do */
  readonly scopes?: readonly string[];
  /** Claims of the application's own. Everybody who holds the token can read them. */
  readonly extraClaims?: Readonly<Record<string, unknown>>;
  /** Seconds. @defaultValue `AUTH_ACCESS_TOKEN_EXPIRE_MINUTES` */
  readonly expiresIn?: number;
}

/** Issues and verifies tokens. Signing people in and out is what `Sessions` does. */
@Injectable()
export class Tokens {
  constructor(
    @Inject(TokenBackend) private readonly backend: TokenBackend,
    @Inject(RESOLVED_AUTH_OPTIONS) private readonly options: ResolvedAuthOptions,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(AccessClaims) private readonly claims: AccessClaims,
  ) {}

  /** Seconds that an access token is good for. */
  get accessTokenLifetime(): number {
    return this.options.accessTokenExpireMinutes * 60;
  }

  /** @throws ReservedClaimError when `extraClaims` name a claim that means something here. */
  async createAccessToken(options: AccessTokenOptions): Promise<string> {
    const { user, sessionId, scopes, expiresIn = this.accessTokenLifetime } = options;
    const extraClaims = { ...(await this.claims.of(user)), ...options.extraClaims };
    const reserved = Object.keys(extraClaims).find((claim) => RESERVED.has(claim));
    if (reserved !== undefined) throw new ReservedClaimError(reserved);
    const claims = {
      ...extraClaims,
      sub: String(user.id),
      jti: randomUUID(),
      tv: user.tokenVersion,
      ...(sessionId !== undefined && { sid: sessionId }),
      ...(scopes && { scope: scopes.join(' ') }),
    };
    return this.backend.createToken(claims, 'access', this.#timesFor(expiresIn));
  }

  /** A token of any type that lives for some seconds, to be shown again to the one who made it. */
  async createToken(
    type: TokenType,
    subject: string | number,
    expiresIn: number,
    claims: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const all = { ...claims, sub: String(subject), jti: randomUUID() };
    return this.backend.createToken(all, type, this.#timesFor(expiresIn));
  }

  /** Writes the token of a row; the same text each time. */
  async writeRefreshToken(user: AccessTokenOptions['user'], token: IssuedRefreshToken): Promise<string> {
    const claims = { sub: String(user.id), jti: token.id, sid: token.session, tv: user.tokenVersion };
    return this.backend.createToken(claims, 'refresh', token);
  }

  /** What a token says, `null` unless it is of this type, ours and in force. Sessions and users are not asked. */
  async verifyToken(token: string, type: TokenType = 'access'): Promise<TokenPayload | null> {
    return this.backend.verifyToken(token, type);
  }

  /** @throws UnauthorizedException where {@link verifyToken} answers `null`. */
  async verifyTokenOrThrow(token: string, type: TokenType = 'access'): Promise<TokenPayload> {
    return (await this.verifyToken(token, type)) ?? refuse();
  }

  #timesFor(expiresIn: number) {
    const issuedAt = wholeSeconds(this.clock.now());
    return { issuedAt, expiresAt: new Date(issuedAt.getTime() + expiresIn * 1000) };
  }
}

/** Tokens tell the time in seconds. */
export function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

/** @throws UnauthorizedException */
export function refuse(): never {
  throw new UnauthorizedException('Given token is not valid.', {
    code: 'invalid_token',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}
