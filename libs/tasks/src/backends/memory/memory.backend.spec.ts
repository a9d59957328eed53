import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { TASK_BACKEND_CASES } from '../../testing/backend.conformance.js';
import { someTask } from '../../testing/conformance-support.js';
import { SyncTaskBackend } from '../sync/sync.backend.js';
import { MemoryTaskBackend } from './memory.backend.js';

describe('the backend in memory', () => {
  let backend: MemoryTaskBackend;
  beforeEach(async () => {
    backend = new MemoryTaskBackend();
    await backend.connect();
  });
  afterEach(() => backend.disconnect());

  test('takes any number of tasks at once', async () => {
    expect(await backend.enqueue(Array.from({ length: 200_000 }, () => someTask()))).toHaveLength(200_000);
  });

  // Another worker on the same tasks; what it may not do is end them with itself.
  const open = async () =>
    new Proxy(backend, {
      get: (target, key) => {
        if (key === 'disconnect') return async () => undefined;
        const member: unknown = Reflect.get(target, key);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });

  test.each(TASK_BACKEND_CASES.filter(({ acrossProcesses }) => !acrossProcesses))('$title', ({ run }) =>
    run(backend, { open }),
  );
});

describe('the backend that runs tasks at once', () => {
  let backend: SyncTaskBackend;
  beforeEach(() => {
    backend = new SyncTaskBackend();
  });
  afterEach(() => backend.disconnect());

  test.each(TASK_BACKEND_CASES.filter(({ waiting }) => !waiting))('$title', ({ run }) =>
    run(backend, { open: async () => backend }),
  );
});
