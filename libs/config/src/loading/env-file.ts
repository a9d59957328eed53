import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UnreadableEnvFileError } from '../errors/config.errors.js';

/** Variables by name, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables of a `.env` file; a file that is not there has none.
 *
 * @throws UnreadableEnvFileError when it is there and cannot be read
 */
export function readEnvFile(file: string | false): Variables {
  if (file === false) return {};
  try {
    return parseEnv(textOf(readFileSync(file)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UnreadableEnvFileError(file, error);
  }
}

/** UTF-8 with or without a byte order mark. Anything else would be read as a file that sets nothing. */
function textOf(bytes: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  if (text.includes('\0')) throw new TypeError('It has null characters, as UTF-16 has.');
  return text;
}
