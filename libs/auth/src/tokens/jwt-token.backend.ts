import type { Clock } from '@core-framework/common';
import type { TokenAlgorithm } from '@core-framework/config';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { DerivedKeys } from './derived-keys.js';
import { TokenBackend, type TokenClaims, type TokenPayload, type TokenTimes, type TokenType } from './token-backend.js';

/** `typ` headers that have a name elsewhere (RFC 9068); the others are made of their type. */
const HEADER_TYPES: Readonly<Record<string, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST = 8192;
/** Seconds by which clocks may differ. */
const LEEWAY = 5;

/** Parameters of {@link JwtTokenBackend}. */
export interface JwtTokenOptions {
  readonly keys: DerivedKeys;
  readonly algorithm: TokenAlgorithm;
  /** Issuer and audience. */
  readonly issuer: string;
  readonly clock: Clock;
}

/** JSON Web Tokens, signed with a key for each type that is derived from `SECRET_KEY`. */
export class JwtTokenBackend extends TokenBackend {
  readonly name = 'jwt';

  constructor(private readonly options: JwtTokenOptions) {
    super();
  }

  createToken(claims: TokenClaims, type: TokenType, { issuedAt, expiresAt }: TokenTimes): Promise<string> {
    const { algorithm, issuer, keys } = this.options;
    return new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, typ: headerType(type) })
      .setIssuer(issuer)
      .setAudience(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(keys.current(keyOf(type)));
  }

  async verifyToken(token: string, type: TokenType): Promise<TokenPayload | null> {
    if (token.length > LONGEST || !SHAPE.test(token)) return null;
    for (const key of this.options.keys.all(keyOf(type))) {
      try {
        const { payload } = await jwtVerify(token, key, this.#demands(type));
        return this.#isSound(payload) ? payload : null;
      } catch (error) {
        // Only a signature that does not fit may be that of a former key.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) return null;
      }
    }
    return null;
  }

  #demands(type: TokenType) {
    const { algorithm, issuer, clock } = this.options;
    return {
      algorithms: [algorithm],
      typ: headerType(type),
      issuer,
      audience: issuer,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      clockTolerance: LEEWAY,
      currentDate: clock.now(),
    };
  }

  /** What the library leaves open: types of claims, times beyond all bounds, tokens of the future. */
  #isSound(payload: object): payload is TokenPayload {
    const { sub, jti, iat, exp, sid, tv } = payload as Record<string, unknown>;
    const now = this.options.clock.now().getTime() / 1000;
    return (
      isText(sub) &&
      isText(jti) &&
      (sid === undefined || isText(sid)) &&
      (tv === undefined || Number.isSafeInteger(tv)) &&
      isTime(exp) &&
      isTime(iat) &&
      iat <= now + LEEWAY
    );
  }
}

function headerType(type: TokenType): string {
  return HEADER_TYPES[type] ?? `${type}+jwt`;
}

function keyOf(type: TokenType): string {
  return `token:${type}`;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
