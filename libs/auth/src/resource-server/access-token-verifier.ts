import { type Clock } from '@core-framework/common';
import { Logger } from '@nestjs/common';
import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { remoteKeys } from '../net/remote-keys.js';
import { DerivedKeys } from '../tokens/derived-keys.js';
import type { AccessTokenClaims } from './access-token-claims.js';
import type { ResolvedResourceServerOptions } from './resource-server.options.js';

const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST = 16_384;
/** Seconds by which clocks may differ. */
const LEEWAY = 5;

/** Verifies access tokens that another service issued. */
export class AccessTokenVerifier {
  readonly #logger = new Logger('ResourceServer');
  readonly #keys: readonly JWTVerifyGetKey[];
  readonly #reported = new Set<string>();

  constructor(
    private readonly options: Omit<ResolvedResourceServerOptions, 'forwardTo' | 'principal'>,
    private readonly clock: Clock,
  ) {
    const { trust } = options;
    this.#keys =
      'jwksUrl' in trust
        ? [remoteKeys(trust.jwksUrl, { named: [trust.jwksUrl], code: 'jwks_unavailable', logger: this.#logger })]
        : new DerivedKeys(trust.secrets).all('token:access').map((key) => () => key);
  }

  /**
   * What a token says, `null` unless it is an access token of the issuer for this audience, unchanged and in force.
   *
   * @throws ServiceUnavailableException when the keys cannot be fetched.
   */
  async verify(token: string): Promise<AccessTokenClaims | null> {
    if (token.length > LONGEST || !SHAPE.test(token)) return null;
    for (const key of this.#keys) {
      try {
        const { payload } = await jwtVerify(token, key, this.#demands());
        return this.#isSound(payload) ? payload : null;
      } catch (error) {
        if (error instanceof errors.JWSSignatureVerificationFailed) continue;
        if (!(error instanceof errors.JOSEError)) throw error;
        this.#report(error);
        return null;
      }
    }
    return null;
  }

  #demands() {
    const { algorithms, tokenType, issuer, audience } = this.options;
    return {
      algorithms: [...algorithms],
      ...(tokenType !== false && { typ: tokenType }),
      issuer,
      audience,
      requiredClaims: ['sub', 'iat', 'exp'],
      clockTolerance: LEEWAY,
      currentDate: this.clock.now(),
    };
  }

  #isSound(payload: JWTPayload): payload is JWTPayload & AccessTokenClaims {
    const { sub, iat = NaN, exp, sid, scope } = payload;
    return (
      typeof sub === 'string' &&
      sub !== '' &&
      [sid, scope].every((claim) => claim === undefined || typeof claim === 'string') &&
      Number.isSafeInteger(exp) &&
      Number.isSafeInteger(iat) &&
      iat <= this.clock.now().getTime() / 1000 + LEEWAY
    );
  }

  /** A token that is signed well and meant for somebody else is most often a wrong setting of one's own. */
  #report(error: errors.JOSEError): void {
    if (!(error instanceof errors.JWTClaimValidationFailed)) return;
    const { claim } = error;
    const { issuer, audience, tokenType } = this.options;
    const wanted = { iss: `issuer "${issuer}"`, aud: `audience "${audience}"`, typ: `typ "${tokenType}"` }[claim];
    if (!wanted || this.#reported.has(claim)) return;
    this.#reported.add(claim);
    this.#logger.warn(`A token was refused that is signed well and does not have the ${wanted}.`);
  }
}
