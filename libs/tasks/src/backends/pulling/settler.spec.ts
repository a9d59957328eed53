import { expect, test } from '@jest/globals';
import type { TaskOutcome } from '../task-backend.js';
import { Settler } from './settler.js';
import type { ClaimedTask, TaskStore } from './task-store.js';

const claimOf = (id: string): ClaimedTask => ({
  id,
  name: 'a',
  queue: 'q',
  args: '[]',
  headers: {},
  attempt: 1,
  crashes: 0,
  isCancelled: false,
});
const SUCCEEDED: TaskOutcome = { kind: 'succeeded' };

test('an outcome that the store does not take holds up none of the others', async () => {
  const settled: string[] = [];
  const finish = Promise.withResolvers<void>();
  let refuses = true;
  const store: Pick<TaskStore<ClaimedTask>, 'settle'> = {
    settle: async (ended) => {
      if (refuses && ended.some(([{ id }]) => id === 'bad')) throw new Error('invalid byte sequence');
      settled.push(...ended.map(([{ id }]) => id));
      if (settled.length === 3) finish.resolve();
      return 0;
    },
  };
  const settler = new Settler(store as TaskStore<ClaimedTask>, {
    leaseMs: 60_000,
    onSettled: () => undefined,
    onLost: () => undefined,
  });
  for (const id of ['one', 'bad', 'other']) settler.add(claimOf(id), SUCCEEDED);
  while (settled.length < 2) await new Promise(setImmediate);
  settler.add(claimOf('later'), SUCCEEDED);
  await finish.promise;
  expect([settled, settler.size]).toEqual([['one', 'other', 'later'], expect.any(Number)]);
  refuses = false;
  await settler.idle();
  expect([settled, settler.size]).toEqual([['one', 'other', 'later', 'bad'], 0]);
});
