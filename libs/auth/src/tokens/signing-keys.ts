import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AuthOptionsError } from '../errors/auth.errors.js';
import { type KeyMaterial, type ReadKey, readKeys } from './key-material.js';

/** Algorithms of key pairs. */
export type SigningAlgorithm = 'EdDSA' | 'RS256';

/** A key pair, or the public half of one. Each is good for one algorithm. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: KeyObject;
  /** The public half as it is published. */
  readonly jwk: JsonWebKey;
}

const FEWEST_RSA_BITS = 2048;

/** What {@link SigningKeys} are made of. */
export interface SigningKeysOptions {
  readonly algorithm: SigningAlgorithm;
  /** The private key that signs. */
  readonly signingKey: KeyMaterial;
  /** Further keys whose tokens are accepted, and that are published. */
  readonly signingKeyFallbacks: KeyMaterial;
}

/**
 * The key pairs of access tokens: one signs, all are accepted and published. To exchange the one that signs, publish the
 * new one as a fallback first, then let it sign and keep the former one as a fallback until its tokens have expired.
 *
 * @throws AuthOptionsError when there is no private key, or one does not fit the algorithm.
 */
export class SigningKeys {
  /** Signs. */
  readonly current: SigningKey;
  readonly privateKey: KeyObject;
  readonly #all: ReadonlyMap<string, SigningKey>;

  constructor({ algorithm, signingKey, signingKeyFallbacks }: SigningKeysOptions) {
    const [own, ...more] = readKeys('signingKey', signingKey);
    if (!own || more.length > 0 || own.key.type !== 'private') {
      throw new AuthOptionsError(
        `AuthModule signs access tokens by ${algorithm} and has ${own ? 'not one private key' : 'no key'} to do so.`,
        'Set AUTH_SIGNING_KEY to one private key: openssl genpkey -algorithm ed25519.',
      );
    }
    this.privateKey = own.key;
    this.current = describe(own);
    if (this.current.algorithm !== algorithm) {
      throw new AuthOptionsError(
        `The signingKey of AuthModule is one of ${this.current.algorithm}, and the algorithm is ${algorithm}.`,
        `Set AUTH_ALGORITHM=${this.current.algorithm}, or another AUTH_SIGNING_KEY.`,
      );
    }
    const others = readKeys('signingKeyFallbacks', signingKeyFallbacks).map(describe);
    this.#all = new Map([...others, this.current].map((key) => [key.kid, key]));
  }

  find(kid: unknown): SigningKey | undefined {
    return typeof kid === 'string' ? this.#all.get(kid) : undefined;
  }

  /** The public halves, that which signs first. */
  get published(): readonly JsonWebKey[] {
    return [this.current, ...[...this.#all.values()].filter((key) => key !== this.current)].map(({ jwk }) => jwk);
  }
}

function describe({ key, kid: named }: ReadKey): SigningKey {
  const algorithm = algorithmOf(key);
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const members = publicKey.export({ format: 'jwk' });
  const kid = named ?? thumbprintOf(members);
  return { kid, algorithm, publicKey, jwk: { ...members, kid, alg: algorithm, use: 'sig' } };
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SigningAlgorithm {
  if (asymmetricKeyType === 'ed25519') return 'EdDSA';
  if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= FEWEST_RSA_BITS) return 'RS256';
  throw new AuthOptionsError(
    `AuthModule was given a key of the kind ${asymmetricKeyType}, which signs no tokens.`,
    `Use an Ed25519 key (EdDSA), or one of RSA with ${FEWEST_RSA_BITS} bits or more (RS256).`,
  );
}

/** RFC 7638: the same key has the same name wherever it is read. */
function thumbprintOf({ kty, crv, x, e, n }: JsonWebKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
