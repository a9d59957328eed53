import type { FieldError } from '@core-framework/common';
import type { Hash } from '../hashing/hash.service.js';
import { isCommonPassword } from './common-passwords.js';

/** Characters that a password may have; beyond, hashing would take an attacker's time, not ours. */
const MOST_CHARACTERS = 128;
const MOST_BYTES = 1024;
/** Shorter parts of an address say nothing: every other password has "ann" in it. */
const SHORTEST_PART = 4;

/** Says what is wrong with a new password: its length, that everybody uses it, or that it is the e-mail address. */
export class PasswordPolicy {
  constructor(
    private readonly hash: Pick<Hash, 'maxBytes'>,
    private readonly minLength: number,
  ) {}

  /** Answers nothing for a password that may be set. `personal` are values of the user's that it may not be made of. */
  check(password: string, personal: readonly (string | null | undefined)[] = []): readonly FieldError[] {
    // In the form that is hashed, which may have more bytes than what was typed.
    const hashed = password.normalize('NFC');
    const bytes = Buffer.byteLength(hashed);
    const most = Math.min(this.hash.maxBytes ?? MOST_BYTES, MOST_BYTES);
    // Nothing further is looked for in what is too long.
    if (bytes > most || [...hashed].length > MOST_CHARACTERS) {
      const limit = bytes > most ? `${most} bytes` : `${MOST_CHARACTERS} characters`;
      return [{ code: 'password_too_long', message: `This password is longer than ${limit}.` }];
    }
    const errors: FieldError[] = [];
    if ([...hashed].length < this.minLength) {
      const message = `This password is too short. It must have at least ${this.minLength} characters.`;
      errors.push({ code: 'password_too_short', message });
    }
    if (isCommonPassword(password) || new Set(password).size < 3) {
      errors.push({ code: 'password_too_common', message: 'This password is too common.' });
    }
    if (personal.some((value) => resembles(password, value))) {
      errors.push({ code: 'password_too_similar', message: 'This password is too similar to your other information.' });
    }
    return errors;
  }
}

/** Whether a password is little more than a value, or than a part of it: `ann.lee1` of `ann.lee@example.com`. */
function resembles(password: string, value: string | null | undefined): boolean {
  if (!value) return false;
  const text = password.toLowerCase();
  const parts = [value, ...value.split(/\W+/), value.split('@', 1)[0] ?? ''].map((part) => part.toLowerCase());
  return parts.some(
    (part) =>
      part.length >= SHORTEST_PART && (text.includes(part) || part.includes(text)) && part.length >= text.length * 0.7,
  );
}
