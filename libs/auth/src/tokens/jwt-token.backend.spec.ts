import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { ManualClock } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import { TOKEN_BACKEND_CASES } from '../testing/token-backend.conformance.js';
import { DerivedKeys } from './derived-keys.js';
import { JwtTokenBackend } from './jwt-token.backend.js';
import type { KeyMaterial } from './key-material.js';
import { type SigningAlgorithm, SigningKeys } from './signing-keys.js';

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

  test('SEC-33: a token that was good before is refused once it expired, and as another type', async () => {
    const time = new ManualClock();
    time.set(clock.now());
    const own = new JwtTokenBackend({
      keys: new DerivedKeys([SECRETS.ours]),
      algorithm: 'HS256',
      issuer: 'Blog',
      clock: time,
    });
    const token = forge();
    expect(await own.verifyToken(token, 'access')).toMatchObject({ sub: '7' });
    expect(await own.verifyToken(token, 'refresh')).toBeNull();
    expect(await own.verifyToken(`${token}x`, 'access')).toBeNull();
    time.advance({ seconds: 64 });
    expect(await own.verifyToken(token, 'access')).toMatchObject({ sub: '7' });
    time.advance({ seconds: 1 });
    expect(await own.verifyToken(token, 'access')).toBeNull();
    time.set(new Date(clock.now().getTime() - 60_000));
    expect(await own.verifyToken(token, 'access')).toBeNull();
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

const ed25519 = () => generateKeyPairSync('ed25519');
const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength });
const pem = (key: KeyObject) =>
  key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }).toString();
const PAIRS = {
  EdDSA: { ours: ed25519(), theirs: ed25519() },
  RS256: { ours: rsa(), theirs: rsa() },
} satisfies Record<SigningAlgorithm, unknown>;

const signedBy = (algorithm: SigningAlgorithm, signingKey: KeyMaterial, signingKeyFallbacks: KeyMaterial = '') =>
  new JwtTokenBackend({
    keys: new DerivedKeys([SECRETS.ours]),
    algorithm: 'HS256',
    issuer: 'Blog',
    audience: 'services',
    signingKeys: new SigningKeys({ algorithm, signingKey, signingKeyFallbacks }),
    clock,
  });

describe.each(['EdDSA', 'RS256'] as const)('tokens of %s', (algorithm) => {
  const { ours, theirs } = PAIRS[algorithm];
  const times = { issuedAt: clock.now(), expiresAt: new Date(clock.now().getTime() + 60_000) };
  const write = (by: JwtTokenBackend) => by.createToken({ sub: '7', jti: 'j' }, 'access', times);

  test.each(TOKEN_BACKEND_CASES)('$name', ({ check }) =>
    check((time, which) => {
      const signingKeys = new SigningKeys({
        algorithm,
        signingKey: pem(PAIRS[algorithm][which].privateKey),
        signingKeyFallbacks: '',
      });
      const keys = new DerivedKeys([SECRETS[which]]);
      return new JwtTokenBackend({ keys, algorithm: 'HS256', issuer: 'Blog', signingKeys, clock: time });
    }),
  );

  test('keys are read as PEM, with line ends as they come, as a JWK and as a JWK Set; all name them alike', () => {
    const jwk = ours.privateKey.export({ format: 'jwk' });
    const spellings = [
      pem(ours.privateKey),
      pem(ours.privateKey).replaceAll('\n', '\\n'),
      jwk,
      JSON.stringify(jwk),
      JSON.stringify({ keys: [jwk] }),
    ];
    const names = spellings.map((key) => signedBy(algorithm, key).publicKeys?.[0]?.kid);
    expect(new Set(names).size).toBe(1);
    expect(signedBy(algorithm, { ...jwk, kid: 'may' }).publicKeys?.[0]).toMatchObject({ kid: 'may', use: 'sig' });
  });

  test('SEC-47: a former key verifies and no longer signs; what is published has no private half', async () => {
    const former = signedBy(algorithm, pem(ours.privateKey));
    const old = await write(former);
    const rotated = signedBy(algorithm, pem(theirs.privateKey), pem(ours.publicKey));
    expect(await rotated.verifyToken(old, 'access')).toMatchObject({ sub: '7', aud: 'services' });
    expect(await former.verifyToken(await write(rotated), 'access')).toBeNull();
    expect(await signedBy(algorithm, pem(theirs.privateKey)).verifyToken(old, 'access')).toBeNull();
    expect(rotated.publicKeys).toHaveLength(2);
    for (const key of rotated.publicKeys ?? []) expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['d']));
  });

  test('SEC-30: the published key is no secret to sign by', async () => {
    const own = signedBy(algorithm, pem(ours.privateKey));
    const claims = { ...SOUND, aud: 'services' };
    const kid = own.publicKeys?.[0]?.kid;
    for (const secret of [pem(ours.publicKey), JSON.stringify(own.publicKeys?.[0])]) {
      for (const alg of ['HS256', algorithm]) {
        expect(await own.verifyToken(forge(claims, { ...HEADER, alg, kid }, secret), 'access')).toBeNull();
      }
    }
    // The secret of the other types signs no access tokens, either.
    expect(await own.verifyToken(forge(claims, HEADER), 'access')).toBeNull();
    expect(await own.verifyToken(forge(claims, { ...HEADER, kid }), 'access')).toBeNull();
  });

  test('keys that are none, of another kind or too short are refused at once, and are shown nowhere', () => {
    const other = algorithm === 'EdDSA' ? PAIRS.RS256.ours : PAIRS.EdDSA.ours;
    const broken = pem(ours.privateKey).replace(/[A-Z]{2}(?=.*\n-----END)/, '**');
    for (const [key, message] of [
      ['', 'no key'],
      ['hello', 'neither PEM nor a JWK'],
      ['{"kty":"oct","k":"eA"}', 'cannot be read'],
      ['{not json', 'cannot be read'],
      [broken.replace('BEGIN PRIVATE KEY-----\n', 'BEGIN PRIVATE KEY-----\nAAAA'), 'cannot be read'],
      [pem(ours.publicKey), 'not one private key'],
      [[pem(ours.privateKey), pem(theirs.privateKey)], 'not one private key'],
      [pem(other.privateKey), `the algorithm is ${algorithm}`],
      [pem(rsa(1024).privateKey), 'signs no tokens'],
      [pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), 'signs no tokens'],
    ] as const) {
      expect(() => signedBy(algorithm, key)).toThrow(message);
    }
    expect(() => signedBy(algorithm, pem(ours.privateKey), 'nonsense')).toThrow('signingKeyFallbacks');
  });
});
