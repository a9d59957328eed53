import { createTestDatabase } from '@core-framework/testing';
import { Redis } from 'ioredis';
import { RedisServer } from '../brokers/redis-server.js';
import type { FaultOptions, FaultOutcome, FaultSuite, FaultTest } from '../fault-test.js';
import { type BackendUnderFault, ChoresWorld } from './chores-world.js';
import { overloaded } from './load-faults.js';
import { restarted, unreachable } from './redis-faults.js';
import { skewedSchedulers } from './scheduler-faults.js';
import {
  blocked,
  deploySkew,
  poisonKills,
  rolledBack,
  terminated,
  terminatedLate,
  timedOut,
  workerKilled,
} from './worker-faults.js';

type Fault = readonly [name: string, fault: string, run: (world: ChoresWorld, scale: number) => Promise<FaultOutcome>];

/** Faults that every backend has to stand. */
const FAULTS: readonly Fault[] = [
  ['worker-killed', 'a worker with 4 tasks in work and 16 waiting is killed (-9)', workerKilled],
  ['poison-kills', 'a task kills whoever runs it', poisonKills],
  ['rolled-back', 'half of the transactions roll back', rolledBack],
  ['skewed-schedulers', 'schedulers with wrong clocks, one killed, one stopped', skewedSchedulers],
  ['terminated', 'a worker with 4 tasks in work and 20 waiting is told to end', terminated],
  ['terminated-late', 'a worker is told to end and its tasks take longer than it may', terminatedLate],
  ['overloaded', 'tasks come faster than they can be done', overloaded],
  ['timed-out', 'tasks take longer than they may', timedOut],
  ['blocked', 'a task lets nothing else happen for longer than the lease', blocked],
  ['deploy-skew', 'old workers are offered tasks that they do not know', deploySkew],
];

const POSTGRES = process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';

/** Opens the tests of tasks, with a Redis of their own. */
export async function open({ scale, on }: FaultOptions): Promise<FaultSuite> {
  const isWanted = (name: string) => on.length === 0 || on.includes(name);
  const missing: string[] = [];
  const tests: FaultTest[] = [];
  const resources = new AsyncDisposableStack();
  const add = (backend: BackendUnderFault, faults: readonly Fault[]) => {
    for (const [name, fault, run] of faults) {
      tests.push({
        name,
        fault,
        on: backend.name,
        run: async () => {
          await backend.clear?.();
          await using world = await ChoresWorld.open(backend);
          return await run(world, scale);
        },
      });
    }
  };
  const env = { TASK_BACKEND: 'database' };
  if (isWanted('sqlite')) add({ name: 'sqlite', server: 'sqlite://', env }, FAULTS);
  if (isWanted('postgresql')) {
    if (await isReachable(POSTGRES)) add({ name: 'postgresql', server: POSTGRES, env }, FAULTS);
    else missing.push('postgresql');
  }
  if (isWanted('redis')) {
    const redis = await RedisServer.start();
    if (redis) {
      resources.use(redis);
      const clear = async () => {
        const client = new Redis(redis.url);
        await client.flushall();
        client.disconnect();
      };
      add({ name: 'redis', server: 'sqlite://', env: { TASK_BACKEND: 'redis', TASK_BROKER_URL: redis.url }, clear }, [
        ...FAULTS,
        ['redis-restarted', 'Redis is restarted under load', restarted(redis, 'SIGTERM')],
        ['redis-killed', 'Redis is killed (-9) under load', restarted(redis, 'SIGKILL')],
        ['redis-unreachable', 'Redis is away while tasks are enqueued', unreachable(redis)],
      ]);
    } else missing.push('redis');
  }
  return { tests, missing, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function isReachable(server: string): Promise<boolean> {
  try {
    await (await createTestDatabase(server))[Symbol.asyncDispose]();
    return true;
  } catch {
    return false;
  }
}
