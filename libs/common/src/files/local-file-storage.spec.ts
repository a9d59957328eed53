import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FILE_STORAGE_CASES } from '../testing/file-storage.conformance.js';
import { LocalFileStorage } from './local-file-storage.js';

describe('files on the local disk', () => {
  let root: string;
  let storage: LocalFileStorage;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'storage-'));
    storage = new LocalFileStorage({ root, baseUrl: '/media/' });
  });
  afterAll(() => rm(root, { recursive: true }));

  test.each(FILE_STORAGE_CASES)('$name', ({ check }) => check(storage));

  test('leave nothing aside, whether they were kept or not', async () => {
    expect(await readdir(join(root, '.incoming'))).toEqual([]);
  });

  test('have addresses below the base', async () => {
    const key = await storage.save(Readable.from(['x']), { directory: 'a', extension: '' });
    expect(storage.url(key)).toBe(`/media/${key}`);
  });

  test.each(['../up', '/abs', 'a//b', '', '.hidden', 'a b'])('never go to the directory %j', async (directory) => {
    const save = storage.save(Readable.from(['x']), { directory, extension: 'txt' });
    await expect(save).rejects.toMatchObject({ code: 'COMMON_INVALID_FILE_KEY' });
  });
});
