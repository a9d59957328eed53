import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from '@jest/globals';
import { runInContext } from '@core-framework/orm';
import { Inbox, InboxMessage, OutboxModule } from '@core-framework/outbox';
import { Injectable } from '@nestjs/common';
import { Task } from './decorators/task.decorator.js';
import { openTasks } from './test-support/task-world.js';
import { until } from './testing/conformance-support.js';

@Injectable()
class Chores {
  @Task({ transaction: true })
  async tidy() {}
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-tasks-inbox-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a worker forgets what was noted of tasks long ago, where no relay runs', async () => {
  const url = `sqlite://${join(folder, 'app.db')}`;
  const imports = [OutboxModule.forRoot({ inboxRetentionMs: 1 })];
  const before = await openTasks(url, { imports, providers: [Chores], worker: false });
  await before.run(() => before.app.get(Inbox).accept('tasks', 'a'));
  await before.app.close();

  const { app, database } = await openTasks(url, { imports, providers: [Chores], worker: true });
  await until(async () => (await runInContext(() => database.entityManager().count(InboxMessage), { database })) === 0);
  await app.close();
});
