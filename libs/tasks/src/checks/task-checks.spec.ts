import { CheckRegistry } from '@core-framework/common';
import { expect, test } from '@jest/globals';
import type { TaskBackend } from '../backends/task-backend.js';
import { TaskChecks } from './task-checks.js';

test.each([
  ['database', []],
  ['redis', []],
  ['memory', ['TASKS_SINGLE_PROCESS']],
  ['sync', ['TASKS_SINGLE_PROCESS']],
])('the backend %s', async (name, codes) => {
  const checks = new CheckRegistry();
  new TaskChecks({ name } as TaskBackend, checks).onModuleInit();
  expect((await checks.run({ deploy: true })).map(({ code }) => code)).toEqual(codes);
  expect(await checks.run()).toEqual([]);
});
