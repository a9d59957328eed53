import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { atomic, CoreOrmModule, DATABASE, type Database, runInContext } from '@core-framework/orm';
import { Inject, Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { RedisTaskBackend } from './adapters/redis.js';
import { InjectTasks } from './decorators/inject-tasks.decorator.js';
import { Task } from './decorators/task.decorator.js';
import { PermanentTaskError } from './errors/run.errors.js';
import { defineTask } from './producing/define-task.js';
import { Job } from './producing/job.js';
import { Queue } from './producing/queue.js';
import type { TaskClient } from './producing/task-client.js';
import { TaskContext } from './running/task-context.js';
import { clearRedis, reachableRedis } from './test-support/reachable-redis.js';
import { scratchDatabases } from './test-support/scratch-databases.js';
import { openTasks, type TaskWorld } from './test-support/task-world.js';
import { TasksModule } from './tasks.module.js';

const REDIS_PREFIX = `composing-spec-${randomUUID().slice(0, 8)}`;
let seen: unknown[] = [];
let gate = Promise.withResolvers<void>();

@Injectable()
class Sums {
  @Task()
  async add(number: number, context?: TaskContext) {
    seen.push(number);
    return number + Number(context?.previous ?? 0);
  }

  @Task({ queue: 'totals' })
  async total(name: string, context?: TaskContext) {
    seen.push(name);
    return `${name} ${JSON.stringify(context?.previous)}`;
  }

  @Task({ retry: 0 })
  async fail(): Promise<string> {
    throw new PermanentTaskError('no way');
  }

  @Task({ queue: 'urgent' })
  async failOnce() {
    if (seen.includes('failed')) return 'at last';
    seen.push('failed');
    throw new PermanentTaskError('not yet');
  }

  @Task()
  async nothing() {}

  /** Ends only when the test lets it, whatever it is told. */
  @Task()
  async stubborn() {
    seen.push('stubborn');
    await gate.promise;
    return 1;
  }

  @Task({ unique: 'one' })
  async unique() {}
}

const double = defineTask('numbers.double', async (number: number) => {
  seen.push(TaskContext.current()?.name);
  return number * 2;
});

@Injectable()
class Mails {
  readonly sent: string[] = [];
}

class SendMail extends Job {
  @Inject() private readonly mails!: Mails;

  constructor(
    readonly to: string,
    readonly subject: string,
  ) {
    super();
  }

  @Task({ queue: 'emails', retry: 0 })
  async handle(context?: TaskContext) {
    this.mails.sent.push(`${this.subject} to ${this.to}`);
    return `${context?.queue}, attempt ${context?.attempt}`;
  }
}

class Count extends Job {
  constructor(readonly step: number) {
    super();
  }

  async handle() {
    seen.push(this.step);
    return this.step;
  }
}

@Injectable()
class Office {
  constructor(@InjectTasks(Sums) readonly sums: TaskClient<Sums>) {}
}

const databases = await scratchDatabases();
const redis = await reachableRedis();
const others = ['memory', 'sync', ...(redis ? ['redis'] : [])];
const cases = databases.flatMap((database) =>
  ['database', ...(database.kind === 'sqlite' ? others : [])].map((backend) => ({ ...database, backend })),
);

afterAll(async () => {
  await Promise.all(databases.map(({ drop }) => drop()));
  if (redis) await clearRedis(redis, REDIS_PREFIX);
});

describe.each(cases)('by $backend on $kind', ({ url, backend }) => {
  let world: TaskWorld;
  let sums: TaskClient<Sums>;
  beforeAll(async () => {
    const chosen = backend === 'redis' ? new RedisTaskBackend({ url: redis ?? '', prefix: REDIS_PREFIX }) : backend;
    world = await openTasks(url, {
      backend: chosen,
      worker: { queues: ['default', 'totals', 'emails', 'urgent'] },
      providers: [Sums, Office, Mails],
      imports: [TasksModule.forFeature([double, SendMail, Count])],
    });
    sums = world.app.get(Office).sums;
  });
  afterAll(() => world.app.close());
  beforeEach(() => {
    seen = [];
    gate = Promise.withResolvers();
  });
  const isSync = backend === 'sync';

  test('tasks of a chain run one after the other, each with the answer of the one before it', async () => {
    const chain = await world.tasks.chain([
      sums.add.signature(1),
      sums.add.signature(2).with({ queue: 'totals', countdown: '10ms' }),
      sums.total.signature('sum'),
    ]);
    const answer: string = await chain.result();
    expect(answer).toBe('sum 3');
    expect(seen).toEqual([1, 2, 'sum']);
    expect(await Promise.all(chain.steps.map((step) => step.status()))).toEqual(Array(3).fill('succeeded'));
    expect([await chain.status(), await chain.cancel()]).toEqual(['succeeded', false]);
    expect(await chain.steps[1]?.record()).toMatchObject({ queue: 'totals' });
  });

  test('a chain ends with the task that fails', async () => {
    const chain = await world.tasks.chain([sums.add.signature(1), sums.fail.signature(), sums.add.signature(3)]);
    await expect(chain.result()).rejects.toMatchObject({
      code: 'TASKS_FAILED',
      message: expect.stringContaining('no way'),
    });
    expect([await chain.status(), await chain.steps[2]?.status(), seen]).toEqual(['failed', 'unknown', [1]]);
  });

  test('what follows a group runs once, when all have succeeded, with what they answered in their order', async () => {
    const group = await world.tasks.group(
      [sums.add.signature(1), [sums.add.signature(2), sums.add.signature(3)], sums.nothing.signature()],
      [sums.total.signature('all'), sums.total.signature('then')],
    );
    const answer: string = await group.result();
    expect(answer).toBe('then "all [1,5,null]"');
    expect(seen.filter((each) => each === 'all')).toHaveLength(1);
    expect(await group.status()).toBe('succeeded');
  });

  test('a large group is counted right, and one without members goes straight on', async () => {
    const numbers = Array.from({ length: 60 }, (_, number) => number);
    const group = await world.tasks.group(
      numbers.map((number) => sums.add.signature(number)),
      sums.total.signature('large'),
    );
    expect(await group.result()).toBe(`large ${JSON.stringify(numbers)}`);
    const none = await world.tasks.group([], sums.total.signature('none'));
    expect(await none.result()).toBe('none []');
  });

  test('a group without callback answers a list', async () => {
    const group = await world.tasks.group([sums.add.signature(1), sums.total.signature('two')]);
    const [one, two]: [number, string] = await group.result();
    expect([one, two, await group.status()]).toEqual([1, 'two undefined', 'succeeded']);
  });

  test('a group of which one fails has no callback until that has succeeded too', async () => {
    const group = await world.tasks.group(
      [sums.add.signature(1), sums.fail.signature()],
      sums.total.signature('never'),
    );
    await expect(group.result()).rejects.toThrow('no way');
    expect([await group.status(), await group.callback?.status()]).toEqual(['failed', 'unknown']);
    expect(seen).not.toContain('never');
    const revived = await world.tasks.group(
      [sums.add.signature(1), sums.failOnce.signature()],
      sums.total.signature('then'),
    );
    await expect(revived.result()).rejects.toThrow('not yet');
    expect(await world.tasks.backend.revive('urgent', [revived.members[1]!.id])).toBe(1);
    expect(await revived.result()).toBe('then [1,"at last"]');
  });

  test('a chain or group that is cancelled runs no further, even if what runs does not stop', async () => {
    if (isSync) return;
    const chain = await world.tasks.chain([sums.stubborn.signature(), sums.add.signature(1)]);
    const group = await world.tasks.group([sums.stubborn.signature()], sums.total.signature('never'));
    while (seen.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    expect([await chain.cancel(), await group.cancel()]).toEqual([true, true]);
    gate.resolve();
    await expect(chain.result()).rejects.toThrow('cancelled');
    await expect(group.result()).rejects.toThrow('cancelled');
    // Whatever was enqueued before this one would have been run before it.
    await (await sums.nothing.delay()).result();
    expect([await chain.status(), await group.status(), seen]).toEqual([
      'cancelled',
      'cancelled',
      ['stubborn', 'stubborn'],
    ]);
  });

  test('chains and groups belong to the transaction in which they are enqueued', async () => {
    const rolledBack = world.run(() =>
      atomic(async () => {
        await world.tasks.chain([sums.add.signature(1)]);
        await world.tasks.group([sums.add.signature(2)], sums.total.signature('never'));
        throw new Error('rolled back');
      }),
    );
    await expect(rolledBack).rejects.toThrow('rolled back');
    const kept = await world.run(() => atomic(() => world.tasks.chain([sums.add.signature(7)])));
    await kept.result();
    expect(seen).toEqual([7]);
  });

  test('a task with a unique key is refused in a chain or group, and so is a chain of nothing', async () => {
    const refused = { code: 'TASKS_INVALID_OPTION' };
    await expect(world.tasks.chain([sums.unique.signature()])).rejects.toMatchObject(refused);
    await expect(world.tasks.group([[]])).rejects.toMatchObject(refused);
  });

  test('a function is a task: called here, or by a worker of an application that names it', async () => {
    expect(await double(2)).toBe(4);
    await world.run(async () => {
      const answer: number = await (await double.delay(4)).result();
      expect(answer).toBe(8);
      const chain = await world.tasks.chain([double.signature(1), sums.add.signature(1)]);
      expect(await chain.result()).toBe(3);
    });
    expect(seen).toEqual([undefined, 'numbers.double', 'numbers.double', 1]);
  });

  test('a job is pushed with its fields, run with what its application has, later or on another queue', async () => {
    await world.run(async () => {
      const pushed = await Queue.push(new SendMail('a@b.c', 'Hi'));
      expect(await pushed.record()).toMatchObject({ name: 'SendMail', queue: 'emails' });
      const answer: string = await pushed.result();
      expect(answer).toBe('emails, attempt 1');
      expect(await (await Queue.on('urgent').push(new SendMail('d@e.f', 'Now'))).result()).toBe('urgent, attempt 1');
      const later = await Queue.later(3600, new SendMail('never@b.c', 'Later'));
      if (isSync) return;
      expect(await later.status()).toBe('scheduled');
      await later.cancel();
    });
    const { sent } = world.app.get(Mails);
    expect(sent.filter((mail) => !mail.startsWith('Later'))).toEqual(['Hi to a@b.c', 'Now to d@e.f']);
  });

  test('jobs of a chain run one after the other', async () => {
    await world.run(async () => {
      expect(await (await Queue.chain([new Count(1), new Count(2), new Count(3)])).result()).toBe(3);
      await (await Queue.on('urgent').chain([new Count(4)])).result();
    });
    expect(seen).toEqual([1, 2, 3, 4]);
  });
});

test('a job that needs what its application does not have is told at boot', async () => {
  const booting = openTasks('sqlite://:memory:', { worker: false, imports: [TasksModule.forFeature([SendMail])] });
  await expect(booting).rejects.toMatchObject({
    code: 'TASKS_INVALID_OPTION',
    message: expect.stringContaining('SendMail.mails'),
  });
});

test('in an application without tasks nothing can be pushed', async () => {
  const app = await NestFactory.createApplicationContext(CoreOrmModule.forRoot({ url: 'sqlite://:memory:' }), {
    logger: false,
  });
  const push = () => Queue.push(new Count(1));
  await expect(runInContext(push, { database: app.get<Database>(DATABASE) })).rejects.toMatchObject({
    code: 'TASKS_NO_MODULE',
  });
  await app.close();
});
