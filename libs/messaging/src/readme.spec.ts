import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { DATABASE, type Database, runInContext } from '@core-framework/orm';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { heard } from '../examples/listening.js';
import { AppModule, Order, Users } from '../examples/orders.js';
import { tell } from '../examples/without-nest.js';
import { Event } from './decorators/event.decorator.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const codes = (text: string) => new Set([...text.matchAll(/[`'](MESSAGING_[A-Z_]+)[`']/g)].map(([, code]) => code));

let app: INestApplicationContext | undefined;
afterAll(() => app?.close());

test.each(['orders', 'without-nest'])('the README shows the example %s as it is', (name) => {
  expect(read('../README.md')).toContain(read(`../examples/${name}.ts`).trim());
});

test('in the example without Nest the event is heard', async () => {
  expect(await tell()).toBe('user.created {"id":1}');
});

test('the README lists exactly the codes of the errors', () => {
  expect(codes(read('../README.md'))).toEqual(codes(read('./errors/messaging.errors.ts')));
});

test('in the example of listening functions and subscribers are told', async () => {
  await Event.dispatch('order.created', 1);
  await Event.dispatch('user.deleted');
  await Event.dispatch('order.deleted');
  expect(heard).toEqual(['order.created 1', 'user.deleted']);
});

test('in the example a user who registers gets an order', async () => {
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  const database = app.get<Database>(DATABASE);
  const users = app.get(Users);
  await runInContext(() => users.register(7, 'ann@example.com'), { database });
  const orders = () => runInContext(() => Order.objects.pluck('userId'), { database });
  while ((await orders()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await orders()).toEqual([7]);
});
