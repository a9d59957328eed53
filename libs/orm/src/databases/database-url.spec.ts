import { describe, expect, test } from '@jest/globals';
import { InvalidDatabaseUrlError, UnsupportedDatabaseError } from '../errors/database.errors.js';
import { databaseUrlOf, describeDatabase, parseDatabaseUrl } from './database-url.js';

describe('parseDatabaseUrl', () => {
  test.each([
    ['sqlite://./.data/app.db', './.data/app.db'],
    ['sqlite://app.db', 'app.db'],
    ['sqlite:///var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:////var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:///./app.db', './app.db'],
    ['sqlite+aiosqlite:///./app.db', './app.db'],
    ['sqlite+aiosqlite:///app.db', 'app.db'],
    ['sqlite+aiosqlite:////var/lib/app.db', '/var/lib/app.db'],
    ['sqlite:///C:/data/app.db', 'C:/data/app.db'],
    ['sqlite://:memory:', ':memory:'],
    ['sqlite:///:memory:', ':memory:'],
    ['sqlite://', ':memory:'],
    ['sqlite://./my%20data/app.db', './my data/app.db'],
  ])('reads %s as the file %s', (url, file) => {
    expect(parseDatabaseUrl(url)).toEqual({ dialect: 'sqlite', file });
  });

  test.each([
    'postgresql://ann:s%40crt@db:6432/app',
    'postgres://ann:s%40crt@db:6432/app',
    'postgresql+asyncpg://ann:s%40crt@db:6432/app',
  ])('reads %s whatever the spelling of the scheme', (url) => {
    expect(parseDatabaseUrl(url)).toEqual({
      dialect: 'postgresql',
      host: 'db',
      port: 6432,
      database: 'app',
      connectionString: 'postgresql://ann:s%40crt@db:6432/app',
    });
  });

  test.each(['mysql://ann:s%40crt@db/app', 'mysql+aiomysql://ann:s%40crt@db:3306/app?charset=utf8mb4'])(
    'reads %s as MySQL',
    (url) => {
      expect(parseDatabaseUrl(url)).toEqual({
        dialect: 'mysql',
        host: 'db',
        port: 3306,
        user: 'ann',
        password: 's@crt',
        database: 'app',
      });
    },
  );

  test.each([
    ['required', { rejectUnauthorized: false }],
    ['VERIFY_IDENTITY', { rejectUnauthorized: true }],
    ['disabled', undefined],
  ])('encrypts the connection to MariaDB as ssl-mode=%s says', (mode, tls) => {
    expect(parseDatabaseUrl(`mariadb://u@[::1]/app?ssl-mode=${mode}`)).toEqual({
      dialect: 'mariadb',
      host: '::1',
      port: 3306,
      user: 'u',
      password: '',
      database: 'app',
      ...(tls && { tls }),
    });
  });

  test.each([
    ['pglite://memory', undefined],
    ['pglite://:memory:', undefined],
    ['pglite://./.data/pg', './.data/pg'],
    ['pglite:///./.data/pg', './.data/pg'],
    ['pglite:///var/lib/pg', '/var/lib/pg'],
  ])('reads %s as PGlite in the folder %s', (url, folder) => {
    expect(parseDatabaseUrl(url)).toEqual({ dialect: 'pglite', ...(folder !== undefined && { folder }) });
  });

  test('fills in the usual port', () => {
    expect(parseDatabaseUrl('postgresql://db/app')).toMatchObject({ port: 5432 });
  });

  test.each(['mongodb://u:hunter2@h/d', 'oracle+cx://u:hunter2@h/d'])(
    'refuses %s with the variable and what works, without the password',
    (url) => {
      const error = refusalOf(url);
      expect(error).toBeInstanceOf(UnsupportedDatabaseError);
      const text = `${error.message} ${error.fix}`;
      expect(text).toContain('DATABASE_URL');
      expect(text).toContain('sqlite://');
      expect(text).toContain('postgresql://');
      expect(text).not.toContain('hunter2');
    },
  );

  test.each([
    'app.db',
    'postgresql://u:hunter2@h:port/d',
    'postgresql://u:hunter2@h',
    'postgresql://u:hunter2@h/%zz',
    'sqlite://./app.db?hunter2=1',
    'pglite://./d?hunter2',
    'mysql://u:hunter2@h:port/d',
    'mariadb://u:hunter2@h/',
    'mysql://u@h/d?hunter2=1',
    'mysql://u@h/d?ssl-mode=hunter2',
  ])('refuses %s without repeating it', (url) => {
    const error = refusalOf(url);
    expect(error).toBeInstanceOf(InvalidDatabaseUrlError);
    expect(error.message).toContain('DATABASE_URL');
    expect(`${error.message} ${error.fix}`).not.toContain('hunter2');
  });
});

test.each(['mongodb://db/app', 'postgresql://db/'])(
  'the advice about %s holds no password that logs would black out',
  (url) => {
    expect(refusalOf(url).fix).toMatch(/postgresql:\/\/[^:@]+@/);
  },
);

describe('databaseUrlOf', () => {
  test('prefers the URL to its parts', () => {
    expect(databaseUrlOf({ databaseUrl: 'sqlite://a.db', dbName: 'app' })).toEqual({ dialect: 'sqlite', file: 'a.db' });
  });

  test('builds the URL from its parts, escaping the password', () => {
    expect(databaseUrlOf({ dbHost: 'db', dbUser: 'ann', dbPassword: 'p@ss/word', dbName: 'app' })).toMatchObject({
      host: 'db',
      port: 5432,
      database: 'app',
      connectionString: 'postgresql://ann:p%40ss%2Fword@db:5432/app',
    });
  });

  test('builds the URL of the other servers, with their usual port', () => {
    const parts = { dbHost: 'db', dbUser: 'ann', dbPassword: 'p@ss/word', dbName: 'app' };
    for (const dbDriver of ['mysql', 'mariadb'] as const) {
      const url = { dialect: dbDriver, host: 'db', port: 3306, user: 'ann', password: 'p@ss/word', database: 'app' };
      expect(databaseUrlOf({ dbDriver, ...parts })).toEqual(url);
    }
  });

  test('falls back to the file in the working directory', () => {
    expect(databaseUrlOf({})).toEqual({ dialect: 'sqlite', file: './.data/app.db' });
  });
});

test('a description holds neither user nor password', () => {
  expect(describeDatabase(parseDatabaseUrl('postgresql://ann:hunter2@db/app'))).toBe('postgresql://db:5432/app');
  expect(describeDatabase(parseDatabaseUrl('sqlite://./app.db'))).toBe('sqlite://./app.db');
  expect(describeDatabase(parseDatabaseUrl('mysql://ann:hunter2@db/app'))).toBe('mysql://db:3306/app');
  expect(describeDatabase(parseDatabaseUrl('pglite://./pg'))).toBe('pglite://./pg');
});

function refusalOf(url: string): Error & { fix?: string } {
  try {
    parseDatabaseUrl(url);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${url} was accepted`);
}
