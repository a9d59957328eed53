import { AppModule } from '@core-framework-apps/api';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { Controller, Get, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

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

@Controller('broken')
class BrokenController {
  @Get()
  fail(): never {
    throw new Error('select secret from /srv/app/secrets.ts');
  }
}

@Module({ imports: [SettingsModule.forRoot(), CoreOrmModule.forRoot()], controllers: [BrokenController] })
class ProductionModule {}

describe('in production', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await createTestApp(ProductionModule, { env: production })));
  afterAll(() => app?.close());

  test('SEC-86: an error tells nothing but its number', async () => {
    const answer = await app.client.get('/api/v1/broken');
    expect([answer.status, Object.keys(answer.json<object>()).toSorted((a, b) => a.localeCompare(b))]).toEqual([
      500,
      ['code', 'detail', 'requestId'],
    ]);
    expect(answer.text).not.toMatch(/select|secret|\.ts|srv/);
  });

  test('SEC-92: health tells nobody versions, hosts or errors, and documentation and metrics are closed', async () => {
    for (const path of ['/health', '/health/live', '/health/ready', '/health/info', '/health/db']) {
      const { text } = await app.client.get(path);
      expect([path, text.match(/version|node|host|sqlite|\d+\.\d+\.\d+|production/i)]).toEqual([path, null]);
    }
    for (const path of ['/docs', '/redoc', '/openapi.json', '/metrics']) {
      expect([path, (await app.client.get(path)).status]).toEqual([path, 404]);
    }
  });
});
