import { afterEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import { MemoryTaskBackend } from '../backends/memory/memory.backend.js';
import { PeriodicTask } from '../decorators/periodic-task.decorator.js';
import { TaskContext } from '../running/task-context.js';
import { openTasks, type TaskWorld } from '../test-support/task-world.js';
import { scratchDatabases } from '../test-support/scratch-databases.js';
import { emitSlots } from './emit-slots.js';
import { PeriodicRegistry } from './periodic-registry.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { TaskScheduler } from './task-scheduler.js';

let seen: (string | undefined)[] = [];

@Injectable()
class Chores {
  @PeriodicTask({ name: 'hourly', cron: '0 * * * *' })
  async hourly(context?: TaskContext) {
    seen.push(context?.slot?.toISOString());
  }

  @PeriodicTask({ name: 'each', cron: '0 * * * *', missed: 'all', overlap: 'skip' })
  async each() {}

  @PeriodicTask({ name: 'punctual', cron: '0 * * * *', missed: 'skip' })
  async punctual() {}

  @PeriodicTask({ name: 'berlin', cron: '30 2 * * *', timezone: 'Europe/Berlin' })
  async berlin() {}
}

describe('slots', () => {
  let world: TaskWorld;
  afterEach(() => world.app.close());

  async function start(at: string) {
    seen = [];
    const clock = new ManualClock(at);
    const backend = new MemoryTaskBackend({ clock });
    world = await openTasks('sqlite://:memory:', { backend, worker: false, scheduler: false, providers: [Chores] });
    const definitions = world.app.get(PeriodicRegistry);
    const emit = async (name: string) => {
      const { emitted } = await emitSlots(definitions.get(name), backend, world.tasks);
      return emitted.map((slot) => slot.toISOString().slice(0, 16));
    };
    return { clock, backend, emit, periodic: world.app.get(PeriodicTasks) };
  }

  test('count from the first look on, and are emitted once, when their time has come', async () => {
    const { clock, emit, backend } = await start('2026-11-16T09:59:59Z');
    expect(await emit('hourly')).toEqual([]);
    clock.advance({ seconds: 0.999 });
    expect(await emit('hourly')).toEqual([]);
    clock.advance({ seconds: 0.001 });
    expect([await emit('hourly'), await emit('hourly')]).toEqual([['2026-11-16T10:00'], []]);
    expect(await backend.counts('default')).toMatchObject({ waiting: 1 });
  });

  test('a day of them is emitted on a clock that is moved on by the minute, where clocks change too', async () => {
    const { clock, emit } = await start('2026-10-24T22:00:00Z');
    const emitted: string[] = [];
    for (let minute = 0; minute <= 25 * 60; minute++) {
      emitted.push(...(await emit('berlin')), ...(await emit('hourly')));
      clock.advance({ minutes: 1 });
    }
    expect(emitted.filter((slot) => slot.endsWith('30'))).toEqual(['2026-10-25T00:30']);
    expect(emitted.filter((slot) => slot.endsWith('00'))).toHaveLength(25);
  });

  test('that passed while nobody looked are run once, each, or not at all, as the task says', async () => {
    const { clock, emit } = await start('2026-11-16T08:30:00Z');
    for (const name of ['hourly', 'each', 'punctual']) await emit(name);
    clock.set('2026-11-16T11:30:00Z');
    expect(await emit('hourly')).toEqual(['2026-11-16T11:00']);
    expect(await emit('each')).toEqual(['2026-11-16T09:00', '2026-11-16T10:00', '2026-11-16T11:00']);
    expect(await emit('punctual')).toEqual([]);
    clock.set('2026-11-16T12:00:01Z');
    expect(await emit('punctual')).toEqual(['2026-11-16T12:00']);
  });

  test('are passed over while an earlier one has not ended, where the task says so', async () => {
    const { clock, emit, backend } = await start('2026-11-16T08:30:00Z');
    await emit('each');
    clock.set('2026-11-16T09:00:00Z');
    expect(await emit('each')).toEqual(['2026-11-16T09:00']);
    clock.set('2026-11-16T10:00:00Z');
    expect(await emit('each')).toEqual([]);
    await backend.cancel((await backend.schedule('each')).lastTask ?? '');
    clock.set('2026-11-16T11:00:00Z');
    expect(await emit('each')).toEqual(['2026-11-16T11:00']);
  });

  test('of a task that is paused are passed over for good; it can be run at once beside its slots', async () => {
    const { clock, emit, backend, periodic } = await start('2026-11-16T08:30:00Z');
    await emit('hourly');
    await periodic.pause('hourly');
    clock.set('2026-11-16T09:00:00Z');
    expect(await emit('hourly')).toEqual([]);
    await periodic.resume('hourly');
    expect(await emit('hourly')).toEqual([]);
    clock.set('2026-11-16T10:00:00Z');
    expect(await emit('hourly')).toEqual(['2026-11-16T10:00']);
    const handle = await periodic.runNow('hourly');
    expect(await handle.status()).toBe('waiting');
    expect(await backend.counts('default')).toMatchObject({ waiting: 2 });
    expect((await periodic.list()).find(({ name }) => name === 'hourly')).toMatchObject({
      timing: 'cron 0 * * * * (UTC)',
      isPaused: false,
      nextSlot: new Date('2026-11-16T11:00:00Z'),
      lastSlot: new Date('2026-11-16T10:00:00Z'),
    });
    await expect(periodic.runNow('nothing')).rejects.toMatchObject({ code: 'TASKS_UNKNOWN' });
  });
});

@Injectable()
class Ticks {
  @PeriodicTask({ name: 'tick', interval: 1, missed: 'all' })
  async tick(context?: TaskContext) {
    seen.push(context?.slot?.toISOString());
  }
}

describe.each(await scratchDatabases())('schedulers on $kind', ({ url, drop }) => {
  test('run every slot once however many there are, and keep their timers in the registry of schedules', async () => {
    seen = [];
    const options = { worker: true, scheduler: true, providers: [Ticks] };
    const worlds = [await openTasks(url, options), await openTasks(url, { ...options, schema: 'none' })];
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(worlds.map(({ app }) => app.get(TaskScheduler).isRunning)).toEqual([true, true]);
    await Promise.all(worlds.map(({ app }) => app.close()));
    await drop();
    // Slots that are emitted together may be run by two workers at once.
    const slots = seen.map((slot) => Date.parse(slot ?? '')).toSorted((one, next) => one - next);
    expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index * 1000));
  });
});
