import assert from 'node:assert/strict';
import type { PasswordHasher } from '../hashing/password-hasher.js';

/** One thing that every hasher must do; give name and check to the test runner at hand. */
export interface HasherCase {
  readonly name: string;
  check(hasher: PasswordHasher): Promise<void>;
}

const PASSWORD = 'correct horse battery';

/**
 * What every {@link PasswordHasher} must do, for the tests of one's own.
 *
 * @example
 * test.each(PASSWORD_HASHER_CASES)('$name', ({ check }) => check(new Sha3Hasher()));
 */
export const PASSWORD_HASHER_CASES: readonly HasherCase[] = [
  {
    name: 'knows the password of its hash and no other',
    async check(hasher) {
      await hasher.prepare();
      const hashed = await hasher.hash(PASSWORD);
      assert.equal(await hasher.verify(PASSWORD, hashed), true);
      for (const wrong of ['', 'Correct horse battery', `${PASSWORD} `, ` ${PASSWORD}`, PASSWORD.slice(0, -1)]) {
        assert.equal(await hasher.verify(wrong, hashed), false, JSON.stringify(wrong));
      }
    },
  },
  {
    name: 'makes another hash of the same password each time',
    async check(hasher) {
      assert.notEqual(await hasher.hash(PASSWORD), await hasher.hash(PASSWORD));
    },
  },
  {
    name: 'keeps every character, also those of other scripts',
    async check(hasher) {
      const odd = '  Пароль 密码 🔑🔑\u0001 ';
      const hashed = await hasher.hash(odd);
      assert.equal(await hasher.verify(odd, hashed), true);
      assert.equal(await hasher.verify(odd.trim(), hashed), false);
      assert.equal(await hasher.verify('  Пароль 密码 🔑🔑', hashed), false);
    },
  },
  {
    name: 'answers false for what is no hash',
    async check(hasher) {
      for (const broken of ['', '$', 'x', '$$$$$$', (await hasher.hash(PASSWORD)).slice(0, -5), '\u0000']) {
        assert.equal(await hasher.verify(PASSWORD, broken), false, JSON.stringify(broken));
      }
    },
  },
  {
    name: 'makes hashes that fit their column and do not show the password',
    async check(hasher) {
      const hashed = await hasher.hash(PASSWORD);
      assert.ok(hashed.length < 200);
      assert.ok(!hashed.includes(PASSWORD));
      if (hasher.pattern) assert.match(hashed, hasher.pattern);
    },
  },
  {
    name: 'is content with its own hashes',
    async check(hasher) {
      assert.equal(hasher.needsRehash(await hasher.hash(PASSWORD)), false);
    },
  },
];
