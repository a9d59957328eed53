import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UnreadableEnvFileError } from '../errors/config.errors.js';

/** Variables by name, as `process.env` has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads the variables of a `.env` file; a file that is not there has none.
 *
 * @throws UnreadableEnvFileError when it is there and cannot be read
 */
export function readEnvFile(file: string | false): Variables {
  if (file === false) return {};
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UnreadableEnvFileError(file, error);
  }
  return parseEnv(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
}
