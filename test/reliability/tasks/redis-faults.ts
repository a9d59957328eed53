import type { FaultOutcome } from '../fault-test.js';
import type { RedisServer } from '../brokers/redis-server.js';
import { type ChoresWorld, names, until } from './chores-world.js';

/** Redis is restarted while tasks are enqueued and run. */
export function restarted(redis: RedisServer, signal: 'SIGTERM' | 'SIGKILL') {
  return async (world: ChoresWorld): Promise<FaultOutcome> => {
    const chores = names(200);
    await world.start(['worker'], { WORK_MS: '100', LEASE_MS: '3000' });
    const [early, late] = [chores.slice(0, 120), chores.slice(120)];
    await world.enqueue('once', early);
    await until('some were done', async () => (await world.effectCount()) > 20);
    // What is on its way when a server is killed may be gone; what it wrote a second ago is on its disk.
    await new Promise((resolve) => setTimeout(resolve, 1200));
    await redis.down(signal);
    await world.enqueue('once', late);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const before = await world.effectCount();
    await redis.up();
    const start = performance.now();
    await until('work went on', async () => (await world.effectCount()) > before);
    const recoverySeconds = (performance.now() - start) / 1000;
    await until('all were done', async () => (await world.effectCount()) >= chores.length);
    return { ...(await world.compare(chores)), recoverySeconds };
  };
}

/** Redis is not there when tasks are enqueued: in a transaction that is no matter, outside of one it is told in time. */
export function unreachable(redis: RedisServer) {
  return async (world: ChoresWorld): Promise<FaultOutcome> => {
    const chores = names(40);
    await redis.down('SIGTERM');
    await world.enqueue('once', chores);
    const start = performance.now();
    const told = await world.tasks.send('once', { args: ['never'] }).then(
      () => undefined,
      (error: { code?: string }) => error.code,
    );
    const seconds = (performance.now() - start) / 1000;
    if (told !== 'TASKS_BACKEND_UNREACHABLE' || seconds > 6) throw new Error(`${told} after ${seconds} seconds.`);
    await redis.up();
    await world.start(['worker']);
    await until('all were done', async () => (await world.effectCount()) >= chores.length);
    return { ...(await world.compare(chores)), note: `told after ${seconds.toFixed(1)} s` };
  };
}
