import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { DATABASE, type Database, runInContext } from '@core-framework/orm';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule, Invoices } from '../examples/invoices.js';
import { OutboxRelay, OutboxService } from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

let app: INestApplicationContext | undefined;
afterAll(() => app?.close());

test('the README shows the example as it is', () => {
  expect(read('../README.md')).toContain(read('../examples/invoices.ts').trim());
});

test('the example prints what was issued', async () => {
  app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  const printed = new Promise<string>((resolve) =>
    app?.get(OutboxRelay).register('printer', async ([entry]) => resolve(`${entry?.type} ${entry?.payload}`)),
  );
  const invoices = app.get(Invoices);
  await runInContext(() => invoices.issue('Ann'), { database: app.get<Database>(DATABASE) });
  expect(await printed).toBe('invoice.issued {"id":1,"customer":"Ann"}');
  await app.get(OutboxRelay).stop();
  const status = await app.get(OutboxService).status();
  expect(status).toMatchObject({ pending: 0 });
});
