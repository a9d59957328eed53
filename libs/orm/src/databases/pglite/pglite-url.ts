import { InvalidDatabaseUrlError } from '../../errors/database.errors.js';
import { decodePart } from '../url-part.js';

/** PostgreSQL inside the process, in a folder or in memory. */
export interface PgliteUrl {
  readonly dialect: 'pglite';
  /** Path as written (relative ones start at the working directory); absent in memory. */
  readonly folder?: string;
}

/** @throws {InvalidDatabaseUrlError} when the part after the scheme cannot be read. */
export function parsePglite(rest: string): PgliteUrl {
  if (rest.includes('?')) {
    throw new InvalidDatabaseUrlError('has parameters, which PGlite does not take', 'Drop all after the "?".');
  }
  const path = decodePart(rest);
  if (['', '/', 'memory', ':memory:'].includes(path)) return { dialect: 'pglite' };
  return { dialect: 'pglite', folder: path.replace(/^\/(?=\.{1,2}[/\\]|[a-z]:)/i, '').replace(/^\/{2,}/, '/') };
}
