import type { Clock } from '@core-framework/common';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import type { DerivedKeys } from './derived-keys.js';
import type { SigningKeys } from './signing-keys.js';
import { TokenBackend, type TokenClaims, type TokenPayload, type TokenTimes, type TokenType } from './token-backend.js';

/** `typ` headers that have a name elsewhere (RFC 9068); the others are made of their type. */
const HEADER_TYPES: Readonly<Record<string, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST = 8192;
/** Access tokens that are remembered; those that were seen first go first. */
const MOST_KNOWN = 5_000;
/** Seconds by which clocks may differ. */
const LEEWAY = 5;

/** Algorithms of shared secrets. */
export type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512';

/** Parameters of {@link JwtTokenBackend}. */
export interface JwtTokenOptions {
  readonly keys: DerivedKeys;
  /** Of the keys that are derived. */
  readonly algorithm: SecretAlgorithm;
  readonly issuer: string;
  /** Audience of access tokens; the other types are for the issuer itself. @defaultValue the issuer */
  readonly audience?: string;
  /** Key pairs of access tokens, so that others can verify those without being able to write any. */
  readonly signingKeys?: SigningKeys;
  readonly clock: Clock;
}

/** A key that a token may have been signed with, and the one algorithm that it is good for. */
interface Verifier {
  readonly key: KeyObject;
  readonly algorithm: string;
}

/** JSON Web Tokens, signed with a key for each type that is derived from `SECRET_KEY`; access tokens also by key pairs. */
export class JwtTokenBackend extends TokenBackend {
  readonly name = 'jwt';
  /** Access tokens come with every request: what was verified once is good until it expires, for keys do not change meanwhile. */
  readonly #known = new Map<string, TokenPayload>();

  constructor(private readonly options: JwtTokenOptions) {
    super();
  }

  createToken(claims: TokenClaims, type: TokenType, { issuedAt, expiresAt }: TokenTimes): Promise<string> {
    const { algorithm, issuer, keys } = this.options;
    const pairs = this.#pairsOf(type);
    const header = pairs ? { alg: pairs.current.algorithm, kid: pairs.current.kid } : { alg: algorithm };
    return new SignJWT({ ...claims })
      .setProtectedHeader({ ...header, typ: headerType(type) })
      .setIssuer(issuer)
      .setAudience(this.#audienceOf(type))
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(pairs?.privateKey ?? keys.current(keyOf(type)));
  }

  override get publicKeys(): readonly JsonWebKey[] | undefined {
    return this.options.signingKeys?.published;
  }

  async verifyToken(token: string, type: TokenType): Promise<TokenPayload | null> {
    const known = type === 'access' ? this.#known.get(token) : undefined;
    if (known) return this.#isCurrent(known) ? known : null;
    const payload = await this.#verify(token, type);
    if (payload && type === 'access') this.#remember(token, payload);
    return payload;
  }

  async #verify(token: string, type: TokenType): Promise<TokenPayload | null> {
    if (token.length > LONGEST || !SHAPE.test(token)) return null;
    for (const { key, algorithm } of this.#verifiersOf(token, type)) {
      try {
        const { payload } = await jwtVerify(token, key, this.#demands(type, algorithm));
        return this.#isSound(payload) ? Object.freeze(payload) : null;
      } catch (error) {
        // Only a signature that does not fit may be that of a former key.
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) return null;
      }
    }
    return null;
  }

  #remember(token: string, payload: TokenPayload): void {
    this.#known.set(token, payload);
    if (this.#known.size <= MOST_KNOWN) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** The times of a token whose signature and claims were found good. */
  #isCurrent({ exp, iat, nbf }: TokenPayload): boolean {
    const now = Math.floor(this.options.clock.now().getTime() / 1000);
    return exp > now - LEEWAY && iat <= now + LEEWAY && (typeof nbf !== 'number' || nbf <= now + LEEWAY);
  }

  /** Which keys a type is signed with is settled here; a token only says which of them it was. */
  #verifiersOf(token: string, type: TokenType): readonly Verifier[] {
    const pairs = this.#pairsOf(type);
    if (!pairs) {
      const { keys, algorithm } = this.options;
      return keys.all(keyOf(type)).map((key) => ({ key, algorithm }));
    }
    const pair = pairs.find(keyIdOf(token));
    return pair ? [{ key: pair.publicKey, algorithm: pair.algorithm }] : [];
  }

  #pairsOf(type: TokenType): SigningKeys | undefined {
    return type === 'access' ? this.options.signingKeys : undefined;
  }

  #audienceOf(type: TokenType): string {
    const { issuer, audience = issuer } = this.options;
    return type === 'access' ? audience : issuer;
  }

  #demands(type: TokenType, algorithm: string) {
    const { issuer, clock } = this.options;
    return {
      algorithms: [algorithm],
      typ: headerType(type),
      issuer,
      audience: this.#audienceOf(type),
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

function keyIdOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
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
