import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { atomic, BaseModel, Field, type Manager, Model } from '@core-framework/orm';
import { randomUUID } from 'node:crypto';
import { RequestContext } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import { RedisTaskBackend } from './adapters/redis.js';
import { InjectTasks } from './decorators/inject-tasks.decorator.js';
import { Task } from './decorators/task.decorator.js';
import { PermanentTaskError, RetryLater } from './errors/run.errors.js';
import type { TaskClient } from './producing/task-client.js';
import { TaskContext } from './running/task-context.js';
import { TaskRunner } from './running/task-runner.js';
import { clearRedis, reachableRedis } from './test-support/reachable-redis.js';
import { scratchDatabases } from './test-support/scratch-databases.js';
import { openTasks, type TaskWorld } from './test-support/task-world.js';

@Model({ tableName: 'notes' })
class Note extends BaseModel {
  declare static readonly objects: Manager<Note>;
  @Field.string({ maxLength: 100 }) text!: string;
}

const REDIS_PREFIX = `tasks-spec-${randomUUID().slice(0, 8)}`;
let seen: unknown[] = [];

@Injectable()
class Letters {
  @Task({ queue: 'letters', name: 'send_letter' })
  async send(to: string, subject = 'none', context?: TaskContext) {
    seen.push([to, subject, context?.attempt, TaskContext.current() === context, RequestContext.current()?.requestId]);
    return { to, length: subject.length };
  }

  @Task({ retry: 2, retryDelay: '1ms' })
  async failTwice(context?: TaskContext) {
    seen.push(context?.attempt);
    if ((context?.attempt ?? 0) < 3) throw new Error('not yet');
    return 'at last';
  }

  @Task({ retry: 1, retryDelay: '1ms' })
  async failAlways() {
    seen.push('run');
    throw new Error('broken');
  }

  @Task()
  async failForGood() {
    seen.push('run');
    throw new PermanentTaskError('never');
  }

  @Task({ retry: 0 })
  async later(context?: TaskContext) {
    seen.push(context?.attempt);
    if (seen.length < 3) throw new RetryLater('1ms', { countsAsAttempt: false });
  }

  @Task({ transaction: true, retry: 1, retryDelay: '1ms' })
  async note(text: string, context?: TaskContext) {
    await Note.objects.create({ text });
    if (context?.attempt === 1) throw new Error('after it was written');
  }

  @Task({ retry: 1, retryDelay: '1ms' })
  async noteOnce(text: string, context?: TaskContext) {
    await context?.once(() => Note.objects.create({ text }));
    if (context?.attempt === 1) throw new Error('after it was written');
  }

  @Task({ transaction: true })
  async noteOnceWithin(text: string, context?: TaskContext) {
    await context?.once(() => Note.objects.create({ text }));
    await context?.once(() => Note.objects.create({ text }), 'second');
  }

  @Task({ retry: 0 })
  async noteUnderLongName(context?: TaskContext) {
    await context?.once(async () => seen.push('run'), 'x'.repeat(61));
  }

  @Task({ retry: 0 })
  async failStrangely(error: string) {
    seen.push('run');
    if (error === 'zero') throw new Error('Unexpected token \0');
    throw Object.create(null);
  }

  @Task({ unique: (id: number) => String(id) })
  async unique(id: number) {
    seen.push(id);
  }

  @Task({ timeout: '20ms', grace: '10ms', retry: 0 })
  async ignoreTime() {
    await new Promise(() => undefined);
  }

  @Task({ timeout: '20ms', retry: 0 })
  async heedTime(context?: TaskContext) {
    await new Promise((_, reject) =>
      context?.signal.addEventListener('abort', () => reject(context.signal.reason as Error)),
    );
  }

  @Task({ retry: 0, rateLimit: { max: 1, per: '60s', key: (tenant: string) => tenant } })
  async limited(tenant: string) {
    seen.push(tenant);
  }

  @Task({ retry: 0 })
  async answerDate() {
    return new Date();
  }

  plain() {
    return 'no task';
  }
}

@Injectable()
class Office {
  constructor(@InjectTasks(Letters) readonly letters: TaskClient<Letters>) {}
}

const databases = await scratchDatabases();
const redis = await reachableRedis();
const others = ['memory', 'sync', ...(redis ? ['redis'] : [])];
const cases = databases.flatMap((database) =>
  ['database', ...(database.kind === 'sqlite' ? others : [])].map((backend) => ({ ...database, backend })),
);

describe.each(cases)('tasks by $backend on $kind', ({ url, backend }) => {
  let world: TaskWorld;
  let letters: TaskClient<Letters>;
  beforeAll(async () => {
    const chosen = backend === 'redis' ? new RedisTaskBackend({ url: redis ?? '', prefix: REDIS_PREFIX }) : backend;
    world = await openTasks(url, { backend: chosen, worker: true, providers: [Letters, Office], models: [Note] });
    letters = world.app.get(Office).letters;
  });
  afterAll(() => world.app.close());
  beforeEach(() => {
    seen = [];
  });
  const isSync = backend === 'sync';

  test('a call runs it here, delay() has it run by a worker, with what it was given', async () => {
    expect(await letters.send('a', 'Hi')).toEqual({ to: 'a', length: 2 });
    const task = await letters.send.delay('b');
    expect(await task.result()).toEqual({ to: 'b', length: 4 });
    expect(seen).toEqual([
      ['a', 'Hi', undefined, true, undefined],
      ['b', 'none', 1, true, task.id],
    ]);
    expect(await task.record()).toMatchObject({ name: 'send_letter', queue: 'letters', status: 'succeeded' });
  });

  test('one that fails is run again until it succeeds', async () => {
    expect(await (await letters.failTwice.delay()).result()).toBe('at last');
    expect(seen).toEqual([1, 2, 3]);
  });

  test('one that fails too often, or for good, is given up', async () => {
    const [often, good] = [await letters.failAlways.delay(), await letters.failForGood.delay()];
    await expect(often.result()).rejects.toMatchObject({
      code: 'TASKS_FAILED',
      message: expect.stringContaining('broken'),
    });
    await expect(good.result()).rejects.toThrow('never');
    expect(seen).toHaveLength(3);
  });

  test('one may choose when it is run again, without losing an attempt', async () => {
    await (await letters.later.delay()).result();
    expect(seen).toEqual([1, 1, 1]);
  });

  test('one that is enqueued in a transaction is run when that commits, and never when it does not', async () => {
    const given = await world.run(async () => {
      await expect(
        atomic(async () => {
          await letters.send.delay('lost');
          throw new Error('given up');
        }),
      ).rejects.toThrow('given up');
      const handle = await atomic(async () => {
        const enqueued = await letters.send.delay('kept');
        expect(seen).toEqual([]);
        return enqueued;
      });
      return handle;
    });
    await given.result();
    expect(seen).toEqual([expect.arrayContaining(['kept'])]);
  });

  test('what a transactional one writes, or one writes once, is written once', async () => {
    const text = `by ${backend}`;
    await (await letters.note.delay(text)).result();
    await (await letters.noteOnce.delay(text)).result();
    expect(await world.run(() => Note.objects.filter({ text }).count())).toBe(2);
  });

  test('what one writes once is written also where the whole of it is a transaction', async () => {
    const text = `within by ${backend}`;
    await (await letters.noteOnceWithin.delay(text)).result();
    expect(await world.run(() => Note.objects.filter({ text }).count())).toBe(2);
  });

  test('a step whose name would be cut off is refused', async () => {
    await expect((await letters.noteUnderLongName.delay()).result()).rejects.toThrow('has a name of 61 characters');
    expect(seen).toEqual([]);
  });

  test('one fails with whatever it throws', async () => {
    const zero = await letters.failStrangely.delay('zero');
    await expect(zero.result()).rejects.toThrow('Unexpected token');
    const nothing = await letters.failStrangely.delay('nothing');
    await expect(nothing.result()).rejects.toMatchObject({ code: 'TASKS_FAILED' });
    expect(seen).toEqual(['run', 'run']);
  });

  test('options of one call differ from the declaration', async () => {
    const task = await letters.send.applyAsync({ args: ['c'], queue: 'send-later', countdown: '1h', priority: 9 });
    if (!isSync) {
      expect(await task.record()).toMatchObject({ queue: 'send-later', status: 'scheduled' });
      expect(await task.cancel()).toBe(true);
      await expect(task.result()).rejects.toThrow('cancelled');
    }
    const eta = new Date(Date.now() + 3_600_000);
    const other = await letters.unique.applyAsync({ args: [7], eta });
    if (!isSync) expect(await other.status()).toBe('scheduled');
    const failing = await letters.failAlways.applyAsync({ retry: 0 });
    await expect(failing.result()).rejects.toThrow('broken');
  });

  test('a unique one that waits is not taken again, other arguments are', async () => {
    if (isSync) return;
    const countdown = '1h';
    const first = await letters.unique.applyAsync({ args: [1], countdown });
    const again = await letters.unique.applyAsync({ args: [1], countdown });
    const other = await letters.unique.applyAsync({ args: [2], countdown });
    expect([first.isNew, again.isNew, other.isNew, again.id === first.id]).toEqual([true, false, true, true]);
    await Promise.all([first.cancel(), other.cancel()]);
  });

  test('one that takes too long is told, and not waited for', async () => {
    await expect((await letters.heedTime.delay()).result()).rejects.toThrow('took longer than 20 ms');
    await expect((await letters.ignoreTime.delay()).result()).rejects.toThrow('took longer than 20 ms');
    const figures = world.app.get(TaskRunner).metrics.figures;
    expect([figures.get('Letters.ignoreTime')?.abandoned, figures.get('Letters.heedTime')?.abandoned]).toEqual([1, 0]);
  });

  test('starts are limited by a key of the arguments', async () => {
    const tenant = `${backend}-1`;
    await (await letters.limited.delay(tenant)).result();
    const second = await letters.limited.delay(tenant);
    await (await letters.limited.delay(`${backend}-2`)).result();
    expect(seen.filter((each) => each === tenant)).toHaveLength(1);
    if (!isSync) {
      while ((await second.status()) !== 'scheduled') await new Promise((resolve) => setTimeout(resolve, 5));
      await second.cancel();
    }
  });

  test('keys of limits may be long, and a limit that cannot be asked for costs no attempt', async () => {
    const long = (letter: string) => `${backend}-${'x'.repeat(300)}${letter}`;
    await (await letters.limited.delay(long('a'))).result();
    await (await letters.limited.delay(long('b'))).result();
    if (isSync) return;
    jest.spyOn(world.tasks.backend, 'takePermits').mockRejectedValueOnce(new Error('too many connections'));
    await (await letters.limited.delay(`${backend}-3`)).result();
    expect(seen).toEqual([long('a'), long('b'), `${backend}-3`]);
  });

  test('an answer that is no JSON fails the task, and arguments that are none are refused', async () => {
    await expect((await letters.answerDate.delay()).result()).rejects.toThrow(
      'The result of Letters.answerDate is a Date',
    );
    await expect(letters.send.delay(new Date() as unknown as string)).rejects.toMatchObject({
      code: 'TASKS_INVALID_DATA',
      message: expect.stringContaining('args of send_letter[0] is a Date'),
    });
  });

  test('a method that is no task, and a name that nobody declared, are told', async () => {
    await expect(letters.plain.delay()).rejects.toThrow('Letters.plain is no task');
    await expect(world.tasks.send('unheard')).rejects.toMatchObject({ code: 'TASKS_UNKNOWN' });
    expect(await (await world.tasks.send('send_letter', { args: ['d'] })).result()).toEqual({ to: 'd', length: 4 });
  });
});

test('a client takes the parameters of the method, without the context', () => {
  const check = async (letters: TaskClient<Letters>) => {
    const length: number = (await (await letters.send.delay('a', 'b')).result()).length;
    // @ts-expect-error wrong type
    await letters.send.delay(1);
    // @ts-expect-error the worker fills the context in
    await letters.send.delay('a', 'b', TaskContext.current());
    // @ts-expect-error missing arguments
    await letters.send.applyAsync({});
    await letters.failTwice.applyAsync({ countdown: 1 });
    return length;
  };
  expect(check).toBeDefined();
});

afterAll(async () => {
  await Promise.all(databases.map(({ drop }) => drop()));
  if (redis) await clearRedis(redis, REDIS_PREFIX);
});

describe('an application that only enqueues', () => {
  let world: TaskWorld | undefined;
  afterEach(() => world?.app.close());

  test('needs no instance of the class, and says so when it is called', async () => {
    world = await openTasks('sqlite://:memory:', { worker: false, providers: [Office] });
    const { letters } = world.app.get(Office);
    const task = await letters.send.delay('x');
    expect(await task.status()).toBe('waiting');
    await expect(letters.send('x')).rejects.toMatchObject({ code: 'TASKS_UNKNOWN' });
  });
});
