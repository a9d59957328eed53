import { createHash } from 'node:crypto';

/**
 * The id of a task that comes of another, as a UUID (version 8): the same whenever it is asked for, so that a task which
 * is run again brings about the same ones and not further ones.
 */
export function childId(...origin: readonly string[]): string {
  const hex = createHash('sha256').update(origin.join('\n')).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
