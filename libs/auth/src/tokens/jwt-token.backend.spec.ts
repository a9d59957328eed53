import { createHmac, type KeyObject } from 'node:crypto';
import { ManualClock } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import { TOKEN_BACKEND_CASES } from '../testing/token-backend.conformance.js';
import { DerivedKeys } from './derived-keys.js';
import { JwtTokenBackend } from './jwt-token.backend.js';

const SECRETS = { ours: 'k7Rr2wq9Zb4nVx8sLm3tPd6yFh1cJg5e', theirs: 'Q1Rr2wq9Zb4nVx8sLm3tPd6yFh1cJg5e' };
const clock = new ManualClock();
clock.set(new Date('2026-05-01T12:00:00Z'));
const now = clock.now().getTime() / 1000;
const backendOf = (...secrets: [string, ...string[]]) =>
  new JwtTokenBackend({ keys: new DerivedKeys(secrets), algorithm: 'HS256', issuer: 'Blog', clock });
const backend = backendOf(SECRETS.ours);
const key = new DerivedKeys([SECRETS.ours]).current('token:access');

const SOUND = { sub: '7', jti: 'j', iss: 'Blog', aud: 'Blog', iat: now, exp: now + 60 };
const HEADER = { alg: 'HS256', typ: 'at+jwt' };
const encode = (part: unknown) =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
function forge(payload: unknown = SOUND, header: object = HEADER, secret: KeyObject | string = key, hash = 'sha256') {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`;
}

describe('JSON Web Tokens', () => {
  test.each(TOKEN_BACKEND_CASES)('$name', ({ check }) =>
    check(
      (time, which) =>
        new JwtTokenBackend({
          keys: new DerivedKeys([SECRETS[which]]),
          algorithm: 'HS256',
          issuer: 'Blog',
          clock: time,
        }),
    ),
  );

  test('are accepted as the test forges them', async () => {
    expect(await backend.verifyToken(forge(), 'access')).toMatchObject({ sub: '7' });
  });

  test.each(['none', 'None', 'nOnE', 'HS384', 'HS512', 'RS256', ''])(
    'SEC-30: the algorithm "%s" is refused',
    async (alg) => {
      const header = { ...HEADER, alg };
      for (const token of [
        forge(SOUND, header),
        `${encode(header)}.${encode(SOUND)}.`,
        `${encode(header)}.${encode(SOUND)}`,
      ]) {
        expect(await backend.verifyToken(token, 'access')).toBeNull();
      }
    },
  );

  test.each([
    ['no signature', `${encode(HEADER)}.${encode(SOUND)}.`],
    ['an unknown crit (SEC-32)', forge(SOUND, { ...HEADER, crit: ['x'], x: 1 })],
    ['another typ', forge(SOUND, { ...HEADER, typ: 'JWT' })],
    ['no typ', forge(SOUND, { alg: 'HS256' })],
    ['the secret itself as key', forge(SOUND, HEADER, SECRETS.ours)],
    ['a key of the header', forge(SOUND, { ...HEADER, jwk: { kty: 'oct', k: 'eA' } }, 'x')],
  ])('%s is refused', async (_what, token) => {
    expect(await backend.verifyToken(token, 'access')).toBeNull();
  });

  test.each([
    ['no exp', { exp: undefined }],
    ['an exp that passed', { exp: now - 6 }],
    ['an exp that is a text', { exp: String(now + 60) }],
    ['a negative exp', { exp: -1 }],
    ['an exp between seconds', { exp: now + 0.5 }],
    ['an nbf to come', { nbf: now + 60 }],
    ['no iat', { iat: undefined }],
    ['an iat to come', { iat: now + 60 }],
    ['no sub', { sub: undefined }],
    ['a sub that is a number', { sub: 7 }],
    ['a sub that is a list', { sub: ['7'] }],
    ['an empty sub', { sub: '' }],
    ['no jti', { jti: undefined }],
    ['a sid that is an object', { sid: { $ne: null } }],
    ['a tv that is a text', { tv: '0' }],
    ['another issuer', { iss: 'Evil' }],
    ['another audience', { aud: 'Evil' }],
    ['no audience', { aud: undefined }],
  ])('SEC-33: %s is refused', async (_what, change) => {
    expect(await backend.verifyToken(forge({ ...SOUND, ...change }), 'access')).toBeNull();
  });

  test('SEC-33: an exp beyond all numbers is refused', async () => {
    const endless = JSON.stringify(SOUND).replace(/"exp":\d+/, '"exp":1e400');
    expect(await backend.verifyToken(forge(endless), 'access')).toBeNull();
  });

  test('SEC-47: a former key verifies and no longer signs; a key that is gone does neither', async () => {
    const times = { issuedAt: clock.now(), expiresAt: new Date(clock.now().getTime() + 60_000) };
    const old = await backend.createToken({ sub: '7', jti: 'j' }, 'access', times);
    const rotated = backendOf(SECRETS.theirs, SECRETS.ours);
    expect(await rotated.verifyToken(old, 'access')).toMatchObject({ sub: '7' });
    expect(
      await backend.verifyToken(await rotated.createToken({ sub: '7', jti: 'j' }, 'access', times), 'access'),
    ).toBeNull();
    expect(await backendOf(SECRETS.theirs).verifyToken(old, 'access')).toBeNull();
  });
});
