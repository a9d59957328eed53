import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Setting } from '../decorators/setting.decorator.js';
import { UnreadableEnvFileError } from '../errors/config.errors.js';
import { loadSettings } from './load-settings.js';

class Sample {
  @Setting({ aliases: ['PROJECT'] }) title = 'default';
  motto = 'default';
}

describe('the .env file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'core-config-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function fileOf(text: string | Buffer): string {
    const file = join(folder, 'settings.env');
    writeFileSync(file, text);
    return file;
  }

  test('is read with quotes, comments and line ends of every system', () => {
    const envFile = fileOf('\uFEFFTITLE="a # b" # a comment\r\n\r\nMOTTO=\'c d\'\r\n');
    expect(loadSettings(Sample, { env: {}, envFile })).toMatchObject({ title: 'a # b', motto: 'c d' });
  });

  test('loses against the environment, whatever alias either uses', () => {
    const envFile = fileOf('TITLE=file\nMOTTO=file\n');
    expect(loadSettings(Sample, { env: { PROJECT: 'environment' }, envFile })).toMatchObject({
      title: 'environment',
      motto: 'file',
    });
  });

  test('may be absent', () => {
    expect(loadSettings(Sample, { env: {}, envFile: join(folder, 'nothing-here') }).title).toBe('default');
  });

  test('is an error when it is there and cannot be read', () => {
    expect(() => loadSettings(Sample, { env: {}, envFile: folder })).toThrow(UnreadableEnvFileError);
  });

  test.each([
    ['UTF-16 with its mark', Buffer.from('\uFEFFTITLE=x\n', 'utf16le')],
    ['UTF-16 without one', Buffer.from('TITLE=x\n', 'utf16le')],
    ['Latin-1', Buffer.from('TITLE=caf\u00e9\n', 'latin1')],
  ])('is an error in %s, and not an empty file', (_, bytes) => {
    expect(() => loadSettings(Sample, { env: {}, envFile: fileOf(bytes) })).toThrow(UnreadableEnvFileError);
  });

  test('cannot change what all objects inherit', () => {
    const envFile = fileOf('__proto__=x\nconstructor=y\nTITLE=z\n');
    expect(loadSettings(Sample, { env: {}, envFile }).title).toBe('z');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
