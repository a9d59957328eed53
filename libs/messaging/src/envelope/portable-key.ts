import { createHash } from 'node:crypto';

const LONGEST_KEY = 255;

/** A key as every database and broker keeps it: one that is too long, or no text, is known by its hash. */
export function portableKey(key: string): string {
  const fits = key.length <= LONGEST_KEY && key.isWellFormed() && !key.includes('\0');
  return fits ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
