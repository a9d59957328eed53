import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { AuthOptionsError } from '../errors/auth.errors.js';

/** Keys as they are configured: PEM, a JWK or a JWK Set as text or as an object, or a list of those. */
export type KeyMaterial = string | JsonWebKey | readonly (string | JsonWebKey)[];

/** A key as it was read, with the name that it brought along. */
export interface ReadKey {
  readonly key: KeyObject;
  readonly kid?: string;
}

const PEM = /-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g;
const FIX =
  'openssl genpkey -algorithm ed25519 makes one for EdDSA, openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:3072 one for RS256.';

/**
 * Reads keys.
 *
 * @throws AuthOptionsError when something is none; it names the option and shows nothing of the key.
 */
export function readKeys(option: string, material: KeyMaterial): ReadKey[] {
  const parts = Array.isArray(material) ? material : [material as string | JsonWebKey];
  return parts.flatMap((part) => (typeof part === 'string' ? readText(option, part) : [readJwk(option, part)]));
}

function readText(option: string, text: string): ReadKey[] {
  // Variables of an environment often write line ends as \n.
  const trimmed = text.trim().replaceAll(String.raw`\n`, '\n');
  if (trimmed === '') return [];
  if (trimmed.startsWith('{')) return jwksOf(option, trimmed).map((jwk) => readJwk(option, jwk));
  const blocks = trimmed.match(PEM) ?? refuse(option, 'is neither PEM nor a JWK');
  return blocks.map((pem) => ({
    key: attempt(option, () => (pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : createPublicKey(pem))),
  }));
}

function jwksOf(option: string, text: string): JsonWebKey[] {
  const parsed = attempt(option, () => JSON.parse(text) as JsonWebKey & { keys?: JsonWebKey[] });
  return parsed.keys ?? [parsed];
}

function readJwk(option: string, jwk: JsonWebKey): ReadKey {
  const source = { key: jwk, format: 'jwk' } as const;
  const key = attempt(option, () => (jwk.d === undefined ? createPublicKey(source) : createPrivateKey(source)));
  return { key, ...(typeof jwk.kid === 'string' && { kid: jwk.kid }) };
}

function attempt<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch {
    // What the parser says may hold parts of the key.
    return refuse(option, 'cannot be read');
  }
}

function refuse(option: string, problem: string): never {
  throw new AuthOptionsError(`The ${option} of AuthModule ${problem}.`, FIX);
}
