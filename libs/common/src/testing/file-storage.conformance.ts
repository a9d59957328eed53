import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { FileStorage } from '../files/file-storage.js';

/** One thing that every storage must do; give name and check to the test runner at hand. */
export interface StorageCase {
  readonly name: string;
  check(storage: FileStorage): Promise<void>;
}

const file = { directory: 'suite/files', extension: 'txt', contentType: 'text/plain' };
const bytes = (text: string) => Readable.from([Buffer.from(text)]);
const textOf = async (storage: FileStorage, key: string) => (await buffer(await storage.open(key))).toString();

/**
 * What every {@link FileStorage} must do, for the tests of one's own.
 *
 * @example
 * test.each(FILE_STORAGE_CASES)('$name', ({ check }) => check(new S3FileStorage(bucket)));
 */
export const FILE_STORAGE_CASES: readonly StorageCase[] = [
  {
    name: 'gives back what it was given',
    async check(storage) {
      const key = await storage.save(Readable.from([Buffer.from('a'.repeat(70_000)), Buffer.from('b')]), file);
      assert.equal(await textOf(storage, key), `${'a'.repeat(70_000)}b`);
      assert.equal(await storage.size(key), 70_001);
      assert.equal(await storage.exists(key), true);
    },
  },
  {
    name: 'keeps an empty file',
    async check(storage) {
      const key = await storage.save(Readable.from([]), file);
      assert.equal(await storage.size(key), 0);
    },
  },
  {
    name: 'never gives one key twice, also to files that come at once',
    async check(storage) {
      const keys = await Promise.all(['x', 'y', 'z'].map((text) => storage.save(bytes(text), file)));
      assert.equal(new Set(keys).size, 3);
      assert.deepEqual(await Promise.all(keys.map((key) => textOf(storage, key))), ['x', 'y', 'z']);
    },
  },
  {
    name: 'makes keys that fit a column and a path of an address',
    async check(storage) {
      const key = await storage.save(bytes('x'), file);
      assert.match(key, /^[\w-]+(?:\/[\w-]+)*\.txt$/);
      assert.ok(key.length <= 255);
      assert.ok(storage.url(key).endsWith(key));
    },
  },
  {
    name: 'deletes once, and knows nothing of a file afterwards',
    async check(storage) {
      const key = await storage.save(bytes('x'), file);
      assert.equal(await storage.delete(key), true);
      assert.equal(await storage.delete(key), false);
      assert.equal(await storage.exists(key), false);
      await assert.rejects(storage.open(key), { code: 'COMMON_FILE_NOT_STORED' });
      await assert.rejects(storage.size(key), { code: 'COMMON_FILE_NOT_STORED' });
    },
  },
  {
    name: 'passes on the error of content that breaks off',
    async check(storage) {
      const broken = Readable.from(
        (async function* () {
          yield Buffer.from('half');
          throw new Error('gone');
        })(),
      );
      await assert.rejects(storage.save(broken, file), /gone/);
    },
  },
  {
    name: 'refuses keys that lead elsewhere',
    async check(storage) {
      for (const key of ['../secret.txt', '/etc/passwd', 'suite/../../x.txt', 'suite\\x.txt', '', '.', 'a/\0.txt']) {
        await assert.rejects(storage.open(key), { name: /FileKeyError|FileNotStoredError/ });
      }
    },
  },
];
