import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DATABASE, type Database, runInContext } from '@core-framework/orm';
import { ComposingModule, Orders, Post, remind, shout } from '../examples/composing.js';
import { AppModule, EmailTasks, Welcome } from '../examples/emails.js';
import { TaskFiguresText } from '../examples/metrics.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const codes = (text: string) => new Set([...text.matchAll(/[`'](TASKS_[A-Z_]+)[`']/g)].map(([, code]) => code));

let app: INestApplicationContext | undefined;
afterAll(() => app?.close());

test('the README shows the example as it is', () => {
  expect(read('../README.md')).toContain(read('../examples/emails.ts').trim());
});

test.each(['../examples/composing.ts', '../examples/metrics.ts'])(
  'the README shows parts of %s as they are',
  (path) => {
    const name = path.replace('../', 'libs/tasks/');
    const [, shown = ''] = read('../README.md').split(`<!-- ${name} -->`);
    const [, block = ''] = /```ts\n([\s\S]*?)```/.exec(shown) ?? [];
    expect(block).not.toBe('');
    expect(read(path)).toContain(block);
  },
);

test('in the other examples orders are fulfilled and summed up, functions and jobs are run, and counted', async () => {
  const composing = await NestFactory.createApplicationContext(
    { module: ComposingModule, providers: [TaskFiguresText] },
    { logger: false, abortOnError: false },
  );
  const orders = composing.get(Orders);
  expect(await (await orders.fulfil(3)).result()).toBe('order 3 for 300 cents');
  expect(await (await orders.report([1, 2])).result()).toBe(300);
  await runInContext(
    async () => {
      expect(await (await shout.delay('hello')).result()).toBe('HELLO');
      await (await remind('ann@example.com')).result();
    },
    { database: composing.get<Database>(DATABASE) },
  );
  expect(composing.get(Post).sent).toEqual(['ann@example.com']);
  expect(composing.get(TaskFiguresText).text()).toContain('tasks_succeeded_total{task="OrderTasks.charge"} 3\n');
  await composing.close();
});

test('the README lists exactly the codes of the errors', () => {
  const declared = codes(read('./errors/tasks.errors.ts') + read('./errors/run.errors.ts'));
  expect(codes(read('../README.md'))).toEqual(declared);
});

test('in the example a mail is sent by a worker, and a reminder waits', async () => {
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  const welcome = app.get(Welcome);
  const task = await welcome.greet('ann@example.com');
  expect(await task.result()).toEqual({ sent: true });
  expect(app.get(EmailTasks).sent).toEqual([
    'ann@example.com is here to office@example.com, attempt none',
    'Welcome to ann@example.com, attempt 1',
  ]);
  const reminders = [await welcome.remind('ann@example.com'), await welcome.remind('ann@example.com')];
  expect(reminders.map(({ isNew }) => isNew)).toEqual([true, false]);
  expect(await reminders[0]?.status()).toBe('scheduled');
});
