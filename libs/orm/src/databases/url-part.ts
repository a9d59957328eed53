import { InvalidDatabaseUrlError } from '../errors/database.errors.js';

/**
 * Reads the percent escapes in a part of a URL.
 *
 * @throws {InvalidDatabaseUrlError} when a "%" starts none.
 */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidDatabaseUrlError('has a "%" that starts no escape', 'Write a literal "%" as %25.');
  }
}
