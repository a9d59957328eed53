import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { PASSWORD_HASHER_CASES } from '../testing/password-hasher.conformance.js';
import { Argon2Hasher } from './argon2.hasher.js';
import { BcryptHasher } from './bcrypt.hasher.js';
import { Hash } from './hash.service.js';
import { HasherRegistry } from './hasher.registry.js';
import { HashingQueue } from './hashing-queue.js';
import { PasswordHasher } from './password-hasher.js';
import { Pbkdf2Hasher } from './pbkdf2.hasher.js';
import { ScryptHasher } from './scrypt.hasher.js';

/** No hasher to be used: it only shows how one is plugged in. */
class TransparentHasher extends PasswordHasher {
  readonly name = 'transparent';

  hash(password: string) {
    const salt = Math.random().toString(36).slice(2);
    return `v1:${salt}:${Buffer.from(password).toString('base64')}`;
  }

  verify(password: string, hashed: string) {
    return hashed.split(':')[2] === Buffer.from(password).toString('base64');
  }

  override needsRehash(hashed: string) {
    return !hashed.startsWith('v1:');
  }
}

const CHEAP = [
  new Pbkdf2Hasher({ iterations: 1000 }),
  new Argon2Hasher({ memoryCost: 64, timeCost: 1 }),
  new BcryptHasher({ rounds: 4 }),
  new ScryptHasher({ cost: 1024, parallelization: 1 }),
  new TransparentHasher(),
];

describe.each(CHEAP.map((hasher) => [hasher.name, hasher] as const))('the hasher %s', (_name, hasher) => {
  test.each(PASSWORD_HASHER_CASES)('$name', ({ check }) => check(hasher));
});

test.each([
  [new Pbkdf2Hasher({ iterations: 1000 }), new Pbkdf2Hasher({ iterations: 2000 })],
  [new Argon2Hasher({ memoryCost: 64, timeCost: 1 }), new Argon2Hasher({ memoryCost: 64 })],
  [new BcryptHasher({ rounds: 4 }), new BcryptHasher({ rounds: 5 })],
  [new ScryptHasher({ cost: 1024 }), new ScryptHasher({ cost: 2048 })],
])('a hasher still verifies what was made with other parameters, and wants it made anew', async (former, latter) => {
  const hashed = await former.hash('correct horse');
  expect(await latter.verify('correct horse', hashed)).toBe(true);
  expect(latter.needsRehash(hashed)).toBe(true);
});

const hashOf = (standard: string) => new Hash(new HasherRegistry(CHEAP), new HashingQueue(4, 100), standard);

describe('Hash', () => {
  test.each(CHEAP.map(({ name }) => name))(
    'checks what %s made, whichever hasher is the standard one',
    async (name) => {
      const stored = await hashOf('pbkdf2_sha256').driver(name).make('correct horse');
      for (const { name: standard } of CHEAP) {
        expect(await hashOf(standard).check('correct horse', stored)).toBe(true);
        expect(await hashOf(standard).check('wrong horse', stored)).toBe(false);
        expect(hashOf(standard).needsRehash(stored)).toBe(standard !== name);
      }
    },
  );

  test('takes the same characters for the same password, however they are composed', async () => {
    const stored = await hashOf('argon2').make('caf\u00e9 at night');
    expect(await hashOf('argon2').check('cafe\u0301 at night', stored)).toBe(true);
  });

  test.each([
    '',
    'x',
    'plain text',
    '$',
    'md5$a$b',
    'pbkdf2_sha256',
    'pbkdf2_sha256$0$a$b',
    'pbkdf2_sha256$99999999999$a$b',
    '$argon2id$v=19$m=2097152,t=2,p=1$c2FsdHNhbHQ$YWJj',
    '$argon2id$junk',
    'scrypt$1048576$a$32$16$b',
    'scrypt$1000$a$8$1$b',
    '$2b$31$abc',
  ])('takes %j for no hash of anything, at once', async (stored) => {
    const started = process.cpuUsage();
    expect(await hashOf('argon2').check('password', stored)).toBe(false);
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
  });

  test('understands hashes that Django made', async () => {
    const digest = pbkdf2Sync('letmein', 'seasalt', 1000, 32, 'sha256').toString('base64');
    expect(await hashOf('argon2').check('letmein', `pbkdf2_sha256$1000$seasalt$${digest}`)).toBe(true);
  });

  test('is configured anew, and asks for a hash with the new parameters', async () => {
    const hash = hashOf('bcrypt');
    const stored = await hash.make('correct horse');
    hash.configure('bcrypt', { rounds: 5 });
    expect(hash.needsRehash(stored)).toBe(true);
    expect(await hash.make('correct horse')).toMatch(/^\$2[aby]\$05\$/);
    expect(() => hash.configure('transparent' as never, {} as never)).toThrow('knows no parameters');
    expect(() => hash.driver('md4')).toThrow('There is no password hasher "md4"');
    expect(hash.driver('sha256').name).toBe('pbkdf2_sha256');
  });

  test.each([
    ['bcrypt', { rounds: 17 }, 'rounds 17, which is not from 4 to 16'],
    ['bcrypt', { rounds: 3 }, 'rounds 3'],
    ['bcrypt', { rounds: '12' }, 'rounds 12'],
    ['pbkdf2_sha256', { iterations: 5_000_001 }, 'iterations 5000001'],
    ['argon2', { memoryCost: 256 * 1024 + 1 }, 'memoryCost'],
    ['argon2', { memoryCost: 8, parallelism: 2 }, 'memoryCost 8, which is not from 16'],
    ['argon2', { timeCost: 0 }, 'timeCost 0'],
    ['scrypt', { cost: 3 * 2 ** 14 }, 'no power of two'],
    ['scrypt', { cost: 2 ** 20, blockSize: 32 }, 'more memory'],
    ['scrypt', { parallelization: 17 }, 'parallelization 17'],
  ] as const)(
    'refuses parameters by which %s would make hashes that are good for nobody: %j',
    (name, parameters, why) => {
      expect(() => hashOf(name).configure(name, parameters as never)).toThrow(why);
    },
  );

  test('takes the most and the least that it verifies', async () => {
    for (const [name, parameters] of [
      ['bcrypt', { rounds: 4 }],
      ['argon2', { memoryCost: 16, timeCost: 1, parallelism: 2 }],
      ['scrypt', { cost: 2, blockSize: 1, parallelization: 16 }],
      ['pbkdf2_sha256', { iterations: 1 }],
    ] as const) {
      const hash = hashOf(name);
      hash.configure(name, parameters);
      expect(await hash.check('correct horse', await hash.make('correct horse'))).toBe(true);
    }
  });

  test('bcrypt tells apart passwords that differ after 72 bytes', async () => {
    const bcrypt = hashOf('bcrypt');
    await expect(bcrypt.make(`${'x'.repeat(72)}A`)).rejects.toThrow(RangeError);
    const stored = await bcrypt.make('x'.repeat(72));
    expect(await bcrypt.check(`${'x'.repeat(72)}B`, stored)).toBe(false);
  });
});

describe('the queue', () => {
  test('runs a few at a time, lets a few wait and turns the others away', async () => {
    const queue = new HashingQueue(2, 3);
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const work = () =>
      queue.run(async () => {
        most = Math.max(most, ++running);
        await gate.promise;
        running -= 1;
      });
    const tries = Array.from({ length: 8 }, work);
    const outcomes = Promise.allSettled(tries);
    gate.resolve();
    const refused = (await outcomes).filter(({ status }) => status === 'rejected');
    expect([most, refused.length]).toEqual([2, 3]);
    expect(refused[0]).toMatchObject({ reason: { client: { status: 503, code: 'hashing_busy' } } });
    await expect(queue.run(() => 'free again')).resolves.toBe('free again');
    await expect(queue.run(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    await expect(Promise.all([1, 2, 3].map((n) => queue.run(() => n)))).resolves.toEqual([1, 2, 3]);
  });
});
