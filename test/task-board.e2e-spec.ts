import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AppModule } from '@core-framework-apps/api';
import { Hash } from '@core-framework/auth';
import { CoreFactory } from '@core-framework/platform';
import { TaskService } from '@core-framework/tasks';
import { TaskBoardModule } from '@core-framework/tasks/board';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request from 'supertest';
import { scratchDatabase } from './support/databases.js';
import { scratchRedis } from './support/redis.js';
import { ANN, createWorld, PASSWORD, ROOT, WEAK_HASHING } from './support/world.js';

// Whole applications are started, on a machine that may have other things to do.
jest.setTimeout(120_000);

@Module({ imports: [AppModule, TaskBoardModule.forRoot()] })
class WithBoard {}

const redis = await scratchRedis();

async function start(env: Record<string, string>): Promise<NestFastifyApplication> {
  Object.assign(process.env, {
    ENVIRONMENT: 'testing',
    LOG_LEVEL: 'ERROR',
    RATE_LIMIT_ENABLED: 'false',
    AUTH_THROTTLE_ENABLED: 'false',
    SEED_WHEN_EMPTY: 'false',
    ...env,
  });
  const app = await CoreFactory.create(WithBoard);
  app.get(Hash).configure('argon2', WEAK_HASHING);
  await app.listen(0, '127.0.0.1');
  return app;
}

(redis ? describe : describe.skip)('the board of queues', () => {
  let app: NestFastifyApplication;
  let database: Awaited<ReturnType<typeof scratchDatabase>> | undefined;
  beforeAll(async () => {
    database = await scratchDatabase('sqlite');
    app = await start({
      DATABASE_URL: database.url,
      TASK_BACKEND: 'redis',
      TASK_BROKER_URL: redis?.url ?? '',
      TASK_IN_PROCESS: 'false',
    });
    await createWorld();
  });
  afterAll(async () => {
    await app?.close();
    await database?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });
  const get = async (path: string, as?: string) => {
    const call = request(app.getHttpServer()).get(path);
    if (!as) return call;
    const { body } = await request(app.getHttpServer())
      .post('/api/v1/auth/login')
      .send({ email: as, password: PASSWORD });
    return call.set('authorization', `Bearer ${body.access_token}`);
  };

  test.each([
    [undefined, 401],
    [ANN, 403],
    [ROOT, 200],
  ])('answers %s with %i, page and data alike', async (as, status) => {
    for (const path of ['/admin/queues', '/admin/queues/api/queues']) expect((await get(path, as)).status).toBe(status);
  });

  test('asks those who show nothing to show who they are, and refuses wrong credentials', async () => {
    expect((await get('/admin/queues')).headers['www-authenticate']).toMatch(/^Bearer/);
    const wrong = await request(app.getHttpServer()).get('/admin/queues').set('authorization', 'Bearer wrong');
    expect(wrong.status).toBe(401);
  });

  test('shows the queues of the application and what waits in them, with pages that a browser runs', async () => {
    await app.get(TaskService).send('UserTasks.sendWelcome', { args: [1] });
    const { body } = await get('/admin/queues/api/queues?activeQueue=emails&page=1&jobsPerPage=10', ROOT);
    const emails = body.queues.find(({ name }: { name: string }) => name === 'emails');
    expect(emails).toMatchObject({ readOnlyMode: true, counts: { prioritized: 1 } });
    expect(body.queues.map(({ name }: { name: string }) => name)).toContain('default');
    const page = await get('/admin/queues', ROOT);
    expect(page.headers['content-security-policy']).toContain("script-src 'self' 'unsafe-inline'");
    const [, script = ''] = /src="([^"]+\.js)"/.exec(page.text) ?? [];
    expect((await get(new URL(script, 'http://x/admin/queues/').pathname, ROOT)).headers['content-type']).toMatch(
      /javascript/,
    );
  });

  test('leaves the rest of the application as it is', async () => {
    expect((await get('/api/v1/posts')).status).toBe(200);
    expect((await get('/admin/queues/nothing', ROOT)).status).not.toBe(500);
  });
});

test('with another backend there is no board', async () => {
  await using database = await scratchDatabase('sqlite');
  const app = await start({ DATABASE_URL: database.url, TASK_BACKEND: 'database', TASK_IN_PROCESS: 'false' });
  expect((await request(app.getHttpServer()).get('/admin/queues')).status).toBe(404);
  await app.close();
});

test('a path that is none is refused', () => {
  expect(() => TaskBoardModule.forRoot({ path: 'queues/' })).toThrow(
    expect.objectContaining({ code: 'TASKS_INVALID_OPTION' }),
  );
});
