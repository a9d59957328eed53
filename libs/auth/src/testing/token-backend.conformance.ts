import assert from 'node:assert/strict';
import { ManualClock } from '@core-framework/common';
import type { TokenBackend } from '../tokens/token-backend.js';

/** One thing that every token backend must do; give name and check to the test runner at hand. */
export interface TokenBackendCase {
  readonly name: string;
  check(make: TokenBackendFactory): Promise<void>;
}

/** Makes a backend that tells the time by a clock; `key` names one of two secrets. */
export type TokenBackendFactory = (clock: ManualClock, key: 'ours' | 'theirs') => TokenBackend;

const NOW = new Date('2026-05-01T12:00:00Z');
const TIMES = { issuedAt: NOW, expiresAt: new Date(NOW.getTime() + 60_000) };
const CLAIMS = { sub: '7', jti: 'b0b1c7b4-7f0e-4f5e-9a51-0c5b6b3c1a11', sid: 's', tv: 3 };

function start(make: TokenBackendFactory) {
  const clock = new ManualClock();
  clock.set(NOW);
  return { clock, backend: make(clock, 'ours') };
}

/**
 * What every {@link TokenBackend} must do, for the tests of one's own.
 *
 * @example
 * test.each(TOKEN_BACKEND_CASES)('$name', ({ check }) => check((clock, key) => new PasetoBackend(SECRETS[key], clock)));
 */
export const TOKEN_BACKEND_CASES: readonly TokenBackendCase[] = [
  {
    name: 'reads what it wrote, with its times',
    async check(make) {
      const { backend } = start(make);
      const payload = await backend.verifyToken(await backend.createToken(CLAIMS, 'access', TIMES), 'access');
      assert.ok(payload);
      const { sub, jti, sid, tv, iat, exp } = payload;
      assert.deepEqual({ sub, jti, sid, tv }, CLAIMS);
      assert.deepEqual([iat, exp], [NOW.getTime() / 1000, NOW.getTime() / 1000 + 60]);
    },
  },
  {
    name: 'writes the same token again of the same claims and times',
    async check(make) {
      const { backend } = start(make);
      const write = () => backend.createToken(CLAIMS, 'refresh', TIMES);
      assert.equal(await write(), await write());
    },
  },
  {
    name: 'takes no type for another',
    async check(make) {
      const { backend } = start(make);
      const types = ['access', 'refresh', 'mfa', 'state'];
      for (const type of types) {
        const token = await backend.createToken(CLAIMS, type, TIMES);
        for (const other of types) assert.equal((await backend.verifyToken(token, other)) !== null, type === other);
      }
    },
  },
  {
    name: 'refuses what has expired, and what is not issued yet',
    async check(make) {
      const { backend, clock } = start(make);
      const token = await backend.createToken(CLAIMS, 'access', TIMES);
      clock.set(new Date(NOW.getTime() + 66_000));
      assert.equal(await backend.verifyToken(token, 'access'), null);
      clock.set(new Date(NOW.getTime() - 10_000));
      assert.equal(await backend.verifyToken(token, 'access'), null);
    },
  },
  {
    name: 'refuses what others wrote, what was changed, and what is no token',
    async check(make) {
      const { backend, clock } = start(make);
      const token = await backend.createToken(CLAIMS, 'access', TIMES);
      const foreign = await make(clock, 'theirs').createToken(CLAIMS, 'access', TIMES);
      const middle = Math.floor(token.length / 2);
      const changed = `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`;
      for (const wrong of [
        foreign,
        changed,
        `${token} `,
        token.slice(0, -2),
        '',
        '.',
        '..',
        'a.b.c',
        'x'.repeat(100_000),
      ]) {
        assert.equal(await backend.verifyToken(wrong, 'access'), null, wrong.slice(0, 40));
      }
    },
  },
];
