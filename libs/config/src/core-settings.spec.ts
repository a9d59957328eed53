import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { IsString } from 'class-validator';
import { CoreSettings } from './core-settings.js';
import { Setting } from './decorators/setting.decorator.js';
import { loadSettings } from './loading/load-settings.js';

const GOOD_KEY = 'b7Qm-2xZr_8vLw0pTn5sKd3yHc6uJf1g';

const load = (env: Record<string, string> = {}) => loadSettings(CoreSettings, { env, envFile: false });
const production = (env: Record<string, string> = {}) =>
  load({ ENVIRONMENT: 'production', SECRET_KEY: GOOD_KEY, ...env });

describe('an application', () => {
  test('extends the settings with its own', () => {
    class AppSettings extends CoreSettings {
      @IsString() stripeApiKey = '';
    }
    const settings = loadSettings(AppSettings, { env: { STRIPE_API_KEY: 'sk', PORT: '80' }, envFile: false });
    expect([settings.stripeApiKey satisfies string, settings.port satisfies number]).toEqual(['sk', 80]);
    expect(settings).toBeInstanceOf(CoreSettings);
  });

  test.each([
    ['development', 'isDevelopment'],
    ['staging', 'isStaging'],
    ['production', 'isProduction'],
    ['testing', 'isTesting'],
  ] as const)('knows that it runs in %s', (environment, getter) => {
    const settings = load({ ENVIRONMENT: environment.toUpperCase(), SECRET_KEY: GOOD_KEY });
    const getters = ['isDevelopment', 'isStaging', 'isProduction', 'isTesting'] as const;
    expect(getters.filter((name) => settings[name])).toEqual([getter]);
  });
});

describe('server settings', () => {
  test.each(['80.5', '-1', '65536', '1e3', ''])('PORT=%s is refused', (PORT) => {
    expect(() => load({ PORT })).toThrow('PORT must');
  });

  test.each(['api', '/api/', '/a b', '//'])('API_PREFIX=%s is refused', (API_PREFIX) => {
    expect(() => load({ API_PREFIX })).toThrow('API_PREFIX must be empty, or fixed parts such as /api/v1');
  });

  test('API_PREFIX may be empty', () => {
    expect(load({ API_PREFIX: '' }).apiPrefix).toBe('');
  });

  test.each(['localhost', 'https://a.example/path', 'https://a.example/'])('an origin is not written %s', (origin) => {
    expect(() => load({ BACKEND_CORS_ORIGINS: `https://ok.example,${origin}` })).toThrow(
      'BACKEND_CORS_ORIGINS must list',
    );
  });

  test('levels of Python logging are understood', () => {
    expect(load({ LOG_LEVEL: 'WARNING' }).logLevel).toBe('warn');
    expect(load({ LOG_LEVEL: 'CRITICAL' }).logLevel).toBe('fatal');
  });

  test('logs are for people in development and for machines elsewhere', () => {
    expect(load().logFormat).toBe('pretty');
    expect(production().logFormat).toBe('json');
    expect(production({ LOG_FORMAT: 'text' }).logFormat).toBe('pretty');
  });

  test('a page cannot be longer than the longest page', () => {
    expect(() => load({ MAX_PAGE_SIZE: '10' })).toThrow('MAX_PAGE_SIZE must not be less than DEFAULT_PAGE_SIZE.');
  });
});

describe('the database', () => {
  test('is the embedded one when nothing is said', () => {
    expect(load().databaseUrl).toBe('sqlite://./.data/app.db');
  });

  test('is made of parts when these are given', () => {
    const parts = { DB_USER: 'u@x', DB_PASSWORD: 'p/:?', DB_NAME: 'shop' };
    expect(load(parts).databaseUrl).toBe('postgresql://u%40x:p%2F%3A%3F@localhost:5432/shop');
    expect(load({ ...parts, DB_DRIVER: 'mysql', DB_HOST: '::1' }).databaseUrl).toBe(
      'mysql://u%40x:p%2F%3A%3F@[::1]:3306/shop',
    );
  });

  test('may have copies, whose addresses are secrets', () => {
    const urls = 'postgresql://u:p@a/x, postgresql://u:p@b/x';
    expect(load({ DB_REPLICA_URLS: urls }).dbReplicaUrls).toEqual(['postgresql://u:p@a/x', 'postgresql://u:p@b/x']);
    expect(load().dbReplicaUrls).toEqual([]);
    const wrong = () => load({ DB_REPLICA_URLS: 'u:hunter2@a' });
    expect(wrong).toThrow('DB_REPLICA_URLS must list addresses');
    expect(wrong).not.toThrow('hunter2');
  });

  test('is the one of DATABASE_URL when both are given', () => {
    expect(load({ DB_NAME: 'x', DATABASE_URL: 'postgresql+asyncpg://h/y' }).databaseUrl).toBe(
      'postgresql+asyncpg://h/y',
    );
  });

  test('cannot be made of half the parts', () => {
    expect(() => load({ DB_HOST: 'db' })).toThrow(/DB_USER must be set when[^]*DB_NAME must be set when/);
  });

  test('needs an address', () => {
    expect(() => load({ DATABASE_URL: 'app.db' })).toThrow('DATABASE_URL must be an address');
  });
});

describe('redis', () => {
  test('is not there unless something is said of it', () => {
    expect(load().redisUrl).toBeUndefined();
    expect(load().taskBrokerUrl).toBe('redis://localhost:6379/0');
  });

  test('is made of parts, and tasks use it', () => {
    const settings = load({ REDIS_HOST: 'cache', REDIS_PASSWORD: 'a/b', REDIS_DB: '2' });
    expect(settings.redisUrl).toBe('redis://:a%2Fb@cache:6379/2');
    expect(settings.taskBrokerUrl).toBe(settings.redisUrl);
    expect(settings.taskResultUrl).toBe(settings.redisUrl);
  });

  test('of tasks may be another, also under its Celery names', () => {
    const settings = load({ REDIS_URL: 'redis://a', CELERY_BROKER_URL: 'redis://b' });
    expect([settings.taskBrokerUrl, settings.taskResultUrl]).toEqual(['redis://b', 'redis://b']);
  });
});

describe('names of implementations', () => {
  test.each(['AUTH_PASSWORD_HASHER', 'MESSAGE_BROKER', 'TASK_BACKEND'])(
    '%s takes one the application registers',
    (name) => {
      expect(JSON.stringify(load({ [name]: 'custom_sha512' }))).toContain('custom_sha512');
      expect(() => load({ [name]: 'not a name' })).toThrow(`${name} must be the name of a`);
    },
  );
});

describe('SECRET_KEY', () => {
  test('is random for each process in development, and the same whenever settings are loaded', () => {
    expect(Buffer.byteLength(load().secretKey)).toBeGreaterThanOrEqual(32);
    expect(load().secretKey).toBe(load({ ENVIRONMENT: 'testing' }).secretKey);
    expect(load({ SECRET_KEY: 'mine' }).secretKey).toBe('mine');
  });

  test.each(['staging', 'production'])('must be set in %s', (ENVIRONMENT) => {
    expect(() => load({ ENVIRONMENT })).toThrow(`SECRET_KEY must be set when ENVIRONMENT is ${ENVIRONMENT}.`);
    expect(() => load({ ENVIRONMENT, SECRET_KEY: '' })).toThrow('SECRET_KEY must be set');
  });

  test.each([
    ['short', 'b7Qm-2xZr_8vLw0pTn5sKd3yHc6uJf1', 'at least 32 bytes'],
    ['well known', 'your-secret-key-here-change-in-production', 'well-known placeholder'],
    ['repetitive', 'abcabc'.repeat(8), 'must not repeat'],
  ])('must not be %s in production, and is not shown', (_, SECRET_KEY, message) => {
    expect(() => production({ SECRET_KEY })).toThrow(message);
    expect(() => production({ SECRET_KEY })).not.toThrow(SECRET_KEY);
  });

  test('is counted in bytes', () => {
    const sixteenLetters = 'äöüÄÖÜßéèêáàâíìî';
    expect(production({ SECRET_KEY: sixteenLetters }).secretKey).toBe(sixteenLetters);
    expect(() => production({ SECRET_KEY: sixteenLetters.slice(1) })).toThrow('at least 32 bytes');
  });
});

describe('production', () => {
  test('refuses DEBUG', () => {
    expect(() => production({ DEBUG: '1' })).toThrow('DEBUG must be false in production.');
    expect(load({ DEBUG: '1' }).debug).toBe(true);
  });

  test('refuses every origin together with credentials', () => {
    expect(() => production({ BACKEND_CORS_ORIGINS: '*' })).toThrow('BACKEND_CORS_ORIGINS must not be *');
    expect(production({ BACKEND_CORS_ORIGINS: '*', CORS_ALLOW_CREDENTIALS: 'no' }).backendCorsOrigins).toEqual(['*']);
    expect(load({ BACKEND_CORS_ORIGINS: '*' }).backendCorsOrigins).toEqual(['*']);
  });

  test('does not follow from NODE_ENV', () => {
    expect(load({ NODE_ENV: 'production' }).isProduction).toBe(false);
  });
});

describe('printing settings', () => {
  class KeySettings extends CoreSettings {
    @Setting({ secret: true }) stripeApiKey = '';
  }
  const settings = loadSettings(KeySettings, {
    env: { STRIPE_API_KEY: 'hunter2', DATABASE_URL: 'postgresql://u:hunter2@h/d', SMTP_HOST: 'mail' },
    envFile: false,
  });

  test.each([
    ['JSON', () => JSON.stringify(settings)],
    ['the console', () => inspect({ settings })],
  ])('as %s shows no secret', (_, print) => {
    expect(print()).not.toContain('hunter2');
    expect(print()).toContain('[secret]');
    expect(print()).toContain('mail');
  });
});
