import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { AuthOptionsError } from '../errors/auth.errors.js';

const KEY_BYTES = 32;

/**
 * Derives a key for each purpose from `SECRET_KEY` and from its former values, so that what was made for one purpose is
 * never good for another.
 */
export class DerivedKeys {
  readonly #keys = new Map<string, readonly KeyObject[]>();

  /** @throws AuthOptionsError when one is empty: everybody could derive its keys. */
  constructor(private readonly secrets: readonly [current: string, ...former: string[]]) {
    if (!secrets.includes('')) return;
    throw new AuthOptionsError(
      'AuthModule was given several secret keys, and an empty one among them.',
      'Take the empty text out of SECRET_KEY_FALLBACKS.',
    );
  }

  /** The key of a purpose with which to sign or encrypt. */
  current(purpose: string): KeyObject {
    const [key] = this.all(purpose);
    return key as KeyObject;
  }

  /** The keys with which to verify or decrypt, today's first. */
  all(purpose: string): readonly KeyObject[] {
    let keys = this.#keys.get(purpose);
    if (!keys) this.#keys.set(purpose, (keys = this.secrets.map((secret) => derive(secret, purpose))));
    return keys;
  }
}

function derive(secret: string, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `@core-framework/auth:${purpose}`, KEY_BYTES)));
}
