import { AppModule } from '@core-framework-apps/api';
import { createTestApp } from '@core-framework/testing';
import { describe, expect, test } from '@jest/globals';
import { SourceProcess } from '../support/source-process.js';

const SECRET_KEY = 'k3Y-of-the-suite-with-enough-0f-everything-in-it';
const production = {
  ENVIRONMENT: 'production',
  SECRET_KEY,
  BACKEND_CORS_ORIGINS: 'https://blog.example.com',
};

describe('SEC-88: production does not start', () => {
  test.each<[string, Record<string, string>, string]>([
    ['without a SECRET_KEY', { SECRET_KEY: '' }, 'SECRET_KEY'],
    ['with a short SECRET_KEY', { SECRET_KEY: 'sh0rt-but-n0t-sweet' }, 'SECRET_KEY'],
    ['with a placeholder for a SECRET_KEY', { SECRET_KEY: 'change-me-change-me-change-me-change-me' }, 'SECRET_KEY'],
    ['with a short former key', { SECRET_KEY_FALLBACKS: `${SECRET_KEY},sh0rt-but-n0t-sweet` }, 'SECRET_KEY_FALLBACKS'],
    ['with an empty former key', { SECRET_KEY_FALLBACKS: `["${SECRET_KEY}",""]` }, 'SECRET_KEY_FALLBACKS'],
    ['with DEBUG', { DEBUG: 'true' }, 'DEBUG'],
    ['with CORS for all origins and credentials', { BACKEND_CORS_ORIGINS: '*' }, 'BACKEND_CORS_ORIGINS'],
    ['with cookies over plain HTTP', { AUTH_COOKIE_SECURE: 'false' }, 'AUTH_COOKIE_SECURE'],
    ['with a database in memory', { DATABASE_URL: 'sqlite://:memory:' }, 'DATABASE_URL'],
  ])('%s', async (_what, env, variable) => {
    const error = await createTestApp(AppModule, { env: { ...production, ...env } }).then(
      (app) => app.close().then(() => undefined),
      (caught: unknown) => caught as Error,
    );
    expect(error?.message).toContain(variable);
    for (const value of Object.values(env)) if (value.length > 8) expect(error?.message).not.toContain(value);
  });
});

describe('SEC-88: a process of production that is set up badly', () => {
  test.each<[string, Record<string, string>, string]>([
    ['without a SECRET_KEY', { SECRET_KEY: '' }, 'SECRET_KEY'],
    ['with a short one', { SECRET_KEY: 'sh0rt-but-n0t-sweet' }, 'SECRET_KEY'],
    ['with DEBUG', { DEBUG: 'true' }, 'DEBUG'],
    ['with CORS for all origins and credentials', { BACKEND_CORS_ORIGINS: '*' }, 'BACKEND_CORS_ORIGINS'],
    ['with a database in memory', { DATABASE_URL: 'sqlite://:memory:' }, 'DATABASE_URL'],
  ])('%s ends with 1, and names the setting and not its value', async (_what, env, variable) => {
    await using api = new SourceProcess('apps/api/src/main.ts', {
      ...production,
      DATABASE_URL: 'sqlite:///nowhere/at/all/app.db',
      ...env,
    });
    expect(await api.exit).toBe(1);
    expect(api.output).toContain(variable);
    for (const value of [...Object.values(env), SECRET_KEY])
      if (value.length > 8) expect(api.output).not.toContain(value);
  });
});
