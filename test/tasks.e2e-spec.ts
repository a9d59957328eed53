import { afterEach, describe, expect, test } from '@jest/globals';
import { runInContext } from '@core-framework/orm';
import { PeriodicTasks, TaskService } from '@core-framework/tasks';
import { databaseKinds } from './support/databases.js';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { SourceProcess } from './support/source-process.js';

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

  test('are run by a worker of its own, which finishes when it is told to end; the clock is the scheduler', async () => {
    sample = await startSampleApp(kind, { TASK_IN_PROCESS: 'false' });
    const env = { ENVIRONMENT: 'testing', DATABASE_URL: process.env['DATABASE_URL'] ?? '', HEALTH_PORT: '0' };
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
  });
});
