import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Comment, Notice } from '@core-framework-apps/blog';
import { runInContext } from '@core-framework/orm';
import { scratchRedis } from './support/redis.js';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { SourceProcess } from './support/source-process.js';
import { ANN, BOB, createWorld } from './support/world.js';

// Whole applications are started, on a machine that may have other things to do.
jest.setTimeout(120_000);

const WORKER = 'apps/worker/src/main.ts';
const redis = await scratchRedis();
const settled = async (condition: () => Promise<boolean>) => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};

(redis ? describe : describe.skip)('the worker of the sample', () => {
  let sample: SampleApp;
  let worker: SourceProcess;
  let said = '';
  const noticesOf = async (email: string) => (await sample.call('get', '/api/v1/notices', { as: email })).body.results;
  const comment = (as: string, post: number) =>
    sample.call('post', '/api/v1/comments', { as, body: { post, body: 'Well said.' } });
  const environment = () => ({
    ENVIRONMENT: 'testing',
    DATABASE_URL: process.env['DATABASE_URL'] ?? '',
    MESSAGE_BROKER: 'redis',
    REDIS_URL: redis?.url ?? '',
    OUTBOX_POLL: '0.1',
    LOG_LEVEL: 'DEBUG',
    DB_ECHO: 'true',
  });

  beforeAll(async () => {
    sample = await startSampleApp('sqlite', {
      MESSAGE_BROKER: 'redis',
      REDIS_URL: redis?.url ?? '',
      MESSAGE_CONSUMERS: 'false',
      OUTBOX_RELAY: 'false',
    });
    await createWorld();
    worker = new SourceProcess(WORKER, { ...environment(), HEALTH_PORT: '0' }, ['--group', 'blog-notices']);
    await worker.says(/is at work/);
  });
  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    const printed = { worker: said + (worker?.output ?? '') };
    await sample?.watch.searchLeavings({ printed, databases: [], redis: redis?.url });
    await sample?.[Symbol.asyncDispose]();
    await redis?.[Symbol.asyncDispose]();
  });

  test('does what the API leaves to it: whoever is commented on gets a notice', async () => {
    const { body: posts } = await sample.call('get', '/api/v1/posts?author__name=Ann', { as: ANN });
    const post = posts.results[0];
    expect((await comment(BOB, post.id)).status).toBe(201);
    expect((await comment(ANN, post.id)).status).toBe(201);
    await settled(async () => (await noticesOf(ANN)).length > 0);
    expect(await noticesOf(ANN)).toEqual([
      expect.objectContaining({ text: `Somebody commented on "${post.title}".`, isRead: false }),
    ]);
    expect(await noticesOf(BOB)).toEqual([]);
    const [notice] = await noticesOf(ANN);
    const address = `/api/v1/notices/${notice.id}`;
    expect((await sample.call('patch', address, { as: BOB, body: { isRead: true } })).status).toBe(404);
    expect((await sample.call('patch', address, { as: ANN, body: { isRead: true } })).body.isRead).toBe(true);
  });

  test('says whether it is ready, and how its consumers are doing', async () => {
    const [, address = ''] = await worker.says(/(http:\S+\/health\/ready)/);
    const look = async () => {
      const answer = await fetch(address);
      const { status, checks } = (await answer.json()) as {
        status: string;
        checks: Record<string, { pending?: number }>;
      };
      return { code: answer.status, status, checks };
    };
    // What the test before has written may still be on its way.
    await settled(async () => (await look()).checks['outbox']?.pending === 0);
    const { code, status, checks } = await look();
    expect([code, status]).toEqual([200, 'ok']);
    expect(checks).toMatchObject({
      broker: { status: 'ok', broker: 'redis' },
      outbox: { status: 'ok', pending: 0 },
      consumers: { 'blog-notices': { lag: expect.any(Number), deadLettered: 0 } },
    });
  });

  test('finishes what it has in work when it is told to end, and the next one goes on', async () => {
    worker.kill('SIGTERM');
    expect(await worker.exit).toBe(0);
    said += worker.output;
    const before = await runInContext(() => Notice.objects.count());
    const { post } = (await runInContext(() => Comment.objects.filter({ author__email: BOB }).first()))!;
    expect((await comment(BOB, post.id)).status).toBe(201);
    worker = new SourceProcess(WORKER, environment());
    await settled(async () => (await runInContext(() => Notice.objects.count())) > before);
  });

  test.each([
    [['--group', 'nobody'], 1, /group "nobody".*\n.*blog-notices/],
    [['--topic', 'nothing'], 1, /topic "nothing"/],
    [['--gruop', 'x'], 2, /--gruop/],
    [['--health', 'here'], 1, /HEALTH_PORT/],
    [['--help'], 0, /--no-relay/],
  ])('called with %j it ends with %i and says why', async (args, code, text) => {
    const process = new SourceProcess(WORKER, environment(), args);
    expect(await process.exit).toBe(code);
    expect(process.output).toMatch(text);
  });
});
