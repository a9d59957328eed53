import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type Mail, MailSender, Session } from '@core-framework/auth';
import { Post, User } from '@core-framework-apps/blog';
import { DATABASE, type Database, runInContext } from '@core-framework/orm';
import { OutboxMessage } from '@core-framework/outbox';
import { PeriodicTasks, TaskService } from '@core-framework/tasks';
import { databaseKinds } from './support/databases.js';
import { ANN, createWorld } from './support/world.js';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { SourceProcess } from './support/source-process.js';

// Whole applications are started, on a machine that may have other things to do.
jest.setTimeout(120_000);

const NEW_USER = {
  email: 'new@example.com',
  name: 'New',
  password: 'Correct-Horse-1',
  passwordConfirm: 'Correct-Horse-1',
};

describe.each(await databaseKinds())('the tasks of the sample on %s', (kind) => {
  let sample: SampleApp | undefined;
  let worker: SourceProcess | undefined;
  let scheduler: SourceProcess | undefined;
  afterEach(async () => {
    for (const each of [worker, scheduler, sample]) await each?.[Symbol.asyncDispose]();
    worker = scheduler = sample = undefined;
  });

  test('greet who is new, publish what is due and forget what has ended', async () => {
    sample = await startSampleApp(kind, { TASK_IN_PROCESS: 'true', MESSAGE_CONSUMERS: 'false', OUTBOX_RELAY: 'false' });
    const { app, call } = sample;
    const { posts } = await createWorld();
    const mails: Mail[] = [];
    app.get(MailSender).send = async (mail) => void mails.push(mail);
    expect((await call('post', '/api/v1/auth/register', { body: NEW_USER })).status).toBe(201);
    while (mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(mails).toEqual([expect.objectContaining({ to: NEW_USER.email, subject: 'Welcome to Core Blog' })]);

    const draft = posts[1]!;
    const address = `/api/v1/posts/${draft.id}`;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect((await call('patch', address, { as: ANN, body: { publishAt: tomorrow } })).body.publishAt).toBe(tomorrow);
    const run = async (name: string) =>
      (await runInContext(() => app.get(PeriodicTasks).runNow(name))).result({ timeout: '60s' });
    await run('PostTasks.publishScheduled');
    expect((await call('get', address)).status).toBe(404);
    const past = new Date(Date.now() - 60_000).toISOString();
    await call('patch', address, { as: ANN, body: { publishAt: past } });
    // A slot of the minute may be faster than the run that is asked for.
    await run('PostTasks.publishScheduled');
    expect((await call('get', address)).body).toMatchObject({
      isPublished: true,
      publishAt: null,
      publishedAt: expect.any(String),
    });
    expect(await app.get<Database>(DATABASE).orm.em.fork().count(OutboxMessage, { type: 'post.published' })).toBe(1);
    await call('post', `${address}/unpublish`, { as: ANN });
    await run('PostTasks.publishScheduled');
    expect((await runInContext(() => Post.objects.get({ id: draft.id }))).isPublished).toBe(false);

    const ended = new Date(Date.now() - 1000);
    const sessions = await runInContext(() => Session.objects.count());
    await runInContext(async () => {
      const user = await User.objects.get({ email: ANN });
      const [session] = await Session.objects.filter({ user: user.id }).limit(1).all();
      await Session.objects.filter({ id: session!.id }).update({ absoluteExpiresAt: ended });
    });
    await run('UserTasks.purgeExpiredSessions');
    expect(await runInContext(() => Session.objects.count())).toBe(sessions - 1);
    expect(await run('StatisticsTasks.countDay')).toMatchObject({ posts: posts.length });
  });

  test('are run by a worker of its own, which finishes when it is told to end; the clock is the scheduler', async () => {
    sample = await startSampleApp(kind, { TASK_IN_PROCESS: 'false' });
    const env = {
      ENVIRONMENT: 'testing',
      DATABASE_URL: process.env['DATABASE_URL'] ?? '',
      HEALTH_PORT: '0',
      LOG_LEVEL: 'DEBUG',
      DB_ECHO: 'true',
    };
    const registered = await sample.call('post', '/api/v1/auth/register', { body: NEW_USER });
    expect([registered.status, registered.body.email]).toEqual([201, NEW_USER.email]);
    const tasks = sample.app.get(TaskService);
    expect(tasks.tasks.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['UserTasks.sendWelcome', 'UserTasks.purgeExpiredSessions', 'StatisticsTasks.countDay']),
    );
    expect(await tasks.backend.counts('emails')).toMatchObject({ waiting: 1 });

    worker = new SourceProcess('apps/worker/src/main.ts', env, [
      '--queue',
      'emails',
      '--queue',
      'default',
      '--concurrency',
      '2',
    ]);
    await worker.says(/is at work/);
    while ((await tasks.backend.counts('emails')).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const periodic = sample.app.get(PeriodicTasks);
    const day = await runInContext(() => periodic.runNow('StatisticsTasks.countDay'));
    expect(await day.result()).toMatchObject({ posts: 0, comments: 0 });

    scheduler = new SourceProcess('apps/scheduler/src/main.ts', env);
    const [, address = ''] = await scheduler.says(/(http:\S+\/health\/ready)/);
    expect((await fetch(address)).status).toBe(200);
    while (!(await periodic.list()).every(({ lastSlot }) => lastSlot))
      await new Promise((resolve) => setTimeout(resolve, 20));
    for (const each of [worker, scheduler]) {
      each.kill('SIGTERM');
      expect(await each.exit).toBe(0);
    }
    const printed = { worker: worker.output, scheduler: scheduler.output };
    await sample.watch.searchLeavings({ printed, databases: [] });
  });
});
