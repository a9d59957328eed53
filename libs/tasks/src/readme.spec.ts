import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule, EmailTasks, Welcome } from '../examples/emails.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const codes = (text: string) => new Set([...text.matchAll(/[`'](TASKS_[A-Z_]+)[`']/g)].map(([, code]) => code));

let app: INestApplicationContext | undefined;
afterAll(() => app?.close());

test('the README shows the example as it is', () => {
  expect(read('../README.md')).toContain(read('../examples/emails.ts').trim());
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
