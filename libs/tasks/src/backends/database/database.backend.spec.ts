import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { runInContext } from '@core-framework/orm';
import { scratchDatabases } from '../../test-support/scratch-databases.js';
import { TASK_BACKEND_CASES } from '../../testing/backend.conformance.js';
import { openTasks, type TaskWorld } from '../../test-support/task-world.js';
import { DatabaseTaskBackend } from './database.backend.js';

describe.each(await scratchDatabases())('the backend on $kind', ({ url, drop }) => {
  let world: TaskWorld;
  let other: TaskWorld;
  beforeAll(async () => {
    world = await openTasks(url, { worker: false });
    other = await openTasks(url, { worker: false, schema: 'none' });
  });
  afterAll(async () => {
    await Promise.all([world.app.close(), other.app.close()]);
    await drop();
  });

  test.each(TASK_BACKEND_CASES)('$title', async ({ run }) => {
    const backend = new DatabaseTaskBackend(world.database);
    const open = async () => new DatabaseTaskBackend(other.database);
    try {
      await runInContext(() => run(backend, { open }), { database: world.database });
    } finally {
      await backend.disconnect();
    }
  });
});
