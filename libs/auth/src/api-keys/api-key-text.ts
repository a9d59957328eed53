import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const SECRET_BYTES = 32;
const KEY = /^[a-z0-9]{1,20}_(?<id>[0-9a-f]{32})_(?<secret>[\w-]{43})$/;

/** What a key says: the row that it names, and the secret that proves it. */
export interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

/** A new secret of 256 bits. */
export function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** `<prefix>_<id>_<secret>` */
export function writeApiKey(prefix: string, { id, secret }: ApiKeyParts): string {
  return `${prefix}_${id.replaceAll('-', '')}_${secret}`;
}

/** `undefined` when the text is no key. */
export function readApiKey(text: string): ApiKeyParts | undefined {
  const { id = '', secret = '' } = KEY.exec(text)?.groups ?? {};
  return id ? { id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'), secret } : undefined;
}

/** SHA-256 in hexadecimal: the secret is as long as the hash, so that nothing slower would be safer. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in a time that says nothing of the hash. */
export function matchesHash(secret: string, hash: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(secret), 'hex'), Buffer.from(hash, 'hex'));
}
