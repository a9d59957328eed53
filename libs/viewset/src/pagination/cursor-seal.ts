import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes cursors that clients can neither read nor change: what a list is sorted by may be nothing that they are shown.
 * Without a secret it uses a key of its own, which other processes do not know and which ends with this one.
 */
export class CursorSeal {
  readonly #key: Buffer;
  readonly #nonceKey: Buffer;

  constructor(secret: string) {
    const keys = Buffer.from(hkdfSync('sha256', secret || randomBytes(32), '', 'core-framework:cursor', 64));
    this.#key = keys.subarray(0, 32);
    this.#nonceKey = keys.subarray(32);
  }

  /** Seals a value that JSON can hold; it opens in the same context only. */
  seal(value: unknown, context: string): string {
    const text = JSON.stringify(value);
    // Made of the content, so that the same page always has the same links and no two contents share a nonce.
    const nonce = createHmac('sha256', this.#nonceKey).update(`${context}\0${text}`).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.#key, nonce).setAAD(Buffer.from(context));
    const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat(sealed).toString('base64url');
  }

  /** The value, or `undefined` for what was not sealed here in this context. */
  open(sealed: string, context: string): unknown {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== sealed) return undefined;
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)).toString() + decipher.final().toString();
      return JSON.parse(text) as unknown;
    } catch {
      return undefined;
    }
  }
}
