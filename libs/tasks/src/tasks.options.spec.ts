import { expect, test } from '@jest/globals';
import { resolveTasksOptions, type TasksOptions } from './tasks.options.js';

test.each<TasksOptions>([
  { retry: -1 },
  { retry: Number.NaN },
  { retry: 1.5 },
  { timeout: 0 },
  { timeout: Number.NaN },
  { lease: 0 },
  { lease: '30d' },
  { poll: 0 },
  { poll: -1 },
  { poll: '30d' },
  { resultTtl: -1 },
  { drainTimeoutMs: -1 },
  { drainTimeoutMs: Number.NaN },
  { worker: { concurrency: 0 } },
  { queues: { emails: { rateLimit: { max: 0, per: '1s' } } } },
])('what no worker can work with is refused at the start: %p', (options) => {
  expect(() => resolveTasksOptions(options, {}, false)).toThrow(
    expect.objectContaining({ code: 'TASKS_INVALID_OPTION' }),
  );
});

test('without options all is filled in', () => {
  expect(resolveTasksOptions({}, {}, false)).toMatchObject({ leaseMs: 15_000, pollMs: 1000, resultTtlMs: 86_400_000 });
});
