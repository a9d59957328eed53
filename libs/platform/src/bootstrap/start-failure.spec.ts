import { runInNewContext } from 'node:vm';
import { CoreError } from '@core-framework/common';
import { describe, expect, test } from '@jest/globals';
import { describeStartFailure } from './start-failure.js';

class NoTableError extends CoreError {
  readonly code = 'TEST_NO_TABLE';
}

const coded = (code: string, members: object = {}) => Object.assign(new Error(`connect ${code}`), { code, ...members });

describe('describeStartFailure', () => {
  test('says what a known error says, with its fix and code, however deep it is wrapped', () => {
    const known = new NoTableError('There is no table.', { fix: 'Migrate.' });
    const wrapped = new Error('outer', { cause: new Error('middle', { cause: known }) });
    expect(describeStartFailure(wrapped, false)).toBe('Could not start: There is no table.\nMigrate.\n[TEST_NO_TABLE]');
  });

  test('names the service that cannot be reached', () => {
    const refused = coded('ECONNREFUSED', { address: '127.0.0.1', port: 5999 });
    for (const error of [refused, new AggregateError([refused]), new Error('pool', { cause: refused })]) {
      const text = describeStartFailure(error, false);
      expect(text).toContain('Cannot connect to 127.0.0.1, port 5999 (ECONNREFUSED).');
      expect(text).toContain('DATABASE_URL');
    }
    expect(describeStartFailure(coded('ENOTFOUND', { hostname: 'db.test' }), false)).toContain('db.test (ENOTFOUND)');
  });

  test.each([
    'insert into `posts` (`title`) values (?) - no such table: posts',
    'select * from "posts" - relation "posts" does not exist',
    "Table 'shop.posts' doesn't exist",
  ])('tells which table is missing and how it is made, and nothing of the statement: %s', (message) => {
    expect(describeStartFailure(new Error('It failed.', { cause: new Error(message) }), false)).toBe(
      'Could not start: The database has no table "posts".\n' +
        'Apply the migrations with "core migrate"; when none makes it, write one with "core makemigrations" first.',
    );
  });

  test('knows errors of other realms, as native modules throw them', () => {
    const foreign: unknown = runInNewContext(
      "Object.assign(new Error('no such table: posts'), { name: 'SqliteError' })",
    );
    expect(foreign).not.toBeInstanceOf(Error);
    for (const error of [foreign, new Error('It failed.', { cause: foreign })]) {
      expect(describeStartFailure(error, false)).toContain('has no table "posts"');
    }
  });

  test('keeps stacks for developers and secrets for nobody', () => {
    const error = new TypeError('bad URL postgresql://u:hunter2@db/app', { cause: new Error('the cause') });
    const short = describeStartFailure(error, false);
    expect(short.split('\n')[0]).toBe('Could not start: TypeError: bad URL postgresql://u:[redacted]@db/app');
    expect(short).not.toMatch(/^\s+at /m);
    const long = describeStartFailure(error, true);
    expect(long).toMatch(/^\s+at /m);
    expect(long).toContain('caused by Error: the cause');
    expect(long).not.toContain('hunter2');
  });

  test('copes with what is no error', () => {
    expect(describeStartFailure('gone', true)).toBe('Could not start: gone');
  });
});
