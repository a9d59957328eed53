import type { Clock } from '@core-framework/common';
import { decodeJwt, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';

/** Never `none`, nor what is signed by a secret: a client might know it, or take a public key for one. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
/** What providers sign with that name nothing. */
const USUAL_ALGORITHMS = ['RS256'];
/** Seconds by which clocks may differ. */
const LEEWAY = 5;
/** Characters of the longest `sub` that OpenID Connect allows. */
const LONGEST_SUBJECT = 255;

/** What an ID token has to be. */
export interface IdTokenDemands {
  readonly issuer: string;
  readonly clientId: string;
  /** That with which the browser set out. */
  readonly nonce: string;
  /** Those that the provider's document names. */
  readonly algorithms?: readonly string[];
}

/** What an ID token tells for sure. */
export type IdTokenClaims = JWTPayload & { readonly sub: string };

/**
 * What an ID token says that the provider issued to this client, for this nonce, and that is in force.
 *
 * @throws errors.JOSEError for any other.
 */
export async function verifiedIdToken(
  idToken: string,
  keys: JWTVerifyGetKey,
  { issuer, clientId, nonce, algorithms = USUAL_ALGORITHMS }: IdTokenDemands,
  clock: Clock,
): Promise<IdTokenClaims> {
  const now = clock.now();
  const { payload } = await jwtVerify(idToken, keys, {
    algorithms: ALGORITHMS.filter((algorithm) => algorithms.includes(algorithm)),
    issuer,
    audience: clientId,
    requiredClaims: ['sub', 'iat', 'exp', 'nonce'],
    clockTolerance: LEEWAY,
    currentDate: now,
  });
  const { sub, iat = NaN, aud, azp } = payload;
  const isForUs = azp === undefined ? !Array.isArray(aud) || aud.length === 1 : azp === clientId;
  if (!isForUs) throw unsound(payload, 'azp');
  if (payload.nonce !== nonce) throw unsound(payload, 'nonce');
  if (!(iat <= now.getTime() / 1000 + LEEWAY)) throw unsound(payload, 'iat');
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUBJECT) throw unsound(payload, 'sub');
  return { ...payload, sub };
}

/** The nonce that a token claims to have, which nobody verified yet. */
export function claimedNonceOf(idToken: string): string | null {
  try {
    const { nonce } = decodeJwt(idToken);
    return typeof nonce === 'string' && nonce !== '' ? nonce : null;
  } catch {
    return null;
  }
}

function unsound(payload: JWTPayload, claim: string): errors.JWTClaimValidationFailed {
  return new errors.JWTClaimValidationFailed(`unexpected "${claim}" claim value`, payload, claim, 'check_failed');
}
