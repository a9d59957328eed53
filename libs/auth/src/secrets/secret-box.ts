import { createCipheriv, createDecipheriv, createHmac, type KeyObject, randomBytes } from 'node:crypto';
import type { DerivedKeys } from '../tokens/derived-keys.js';

const PURPOSE = 'storage';
const DIGESTS = 'storage:digests';
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1.';

/**
 * Encrypts what has to be read again and must not stand in the database as it is: AES-256-GCM by a key that is derived from
 * `APP_KEY`, or from `SECRET_KEY` where there is none. What former keys encrypted is still read.
 */
export class SecretBox {
  constructor(private readonly keys: DerivedKeys) {}

  /** @param context Whom and what it is for: it is opened with the same context only, so that nobody moves it to another row. */
  seal(text: string, context: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.keys.current(PURPOSE), iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return VERSION + Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** HMAC-SHA256 of what need not be read again, in hexadecimal, by each of the keys, today's first. */
  digests(text: string): readonly string[] {
    return this.keys.all(DIGESTS).map((key) => createHmac('sha256', key).update(text).digest('hex'));
  }

  /** `null` for what was changed, was sealed for something else, or by a key that is gone. */
  open(sealed: string, context: string): string | null {
    if (!sealed.startsWith(VERSION)) return null;
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    if (bytes.length < IV_BYTES + TAG_BYTES) return null;
    for (const key of this.keys.all(PURPOSE)) {
      const text = openWith(key, bytes, context);
      if (text !== null) return text;
    }
    return null;
  }
}

function openWith(key: KeyObject, bytes: Buffer, context: string): string | null {
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
