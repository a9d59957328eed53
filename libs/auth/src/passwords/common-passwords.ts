import { readFileSync } from 'node:fs';

// The 10 000 most used passwords of eight characters or more, in lower case, of the dictionary of
// @zxcvbn-ts/language-common 4.1.3 (MIT). Read on first use: most processes never set a password.
const LIST = new URL('../../data/common-passwords.txt', import.meta.url);

let common: ReadonlySet<string> | undefined;

/** Whether so many people use the password that it is among the first to be tried. Case does not count. */
export function isCommonPassword(password: string): boolean {
  common ??= new Set(readFileSync(LIST, 'utf8').trimEnd().split('\n'));
  return common.has(password.toLowerCase());
}
