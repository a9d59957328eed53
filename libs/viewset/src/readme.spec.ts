import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import { DATABASE, runInContext } from '@core-framework/orm';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Note, NotesModule } from '../examples/notes-api.js';
import * as viewset from './index.js';
import { ACTION_OPTIONS, VIEWSET_OPTIONS } from './options/viewset.options.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const readme = read('../README.md');

/** First cells of the table under a heading. */
function listedUnder(heading: string): string[] {
  const section = readme.split(/^#+ /m).find((part) => part.startsWith(heading)) ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name);
}

describe('the README', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(NotesModule, new FastifyAdapter(), { logger: false });
    await app.init();
    await runInContext(() => new Note().save.call(Object.assign(new Note(), { title: 'First note' })), {
      database: app.get(DATABASE),
    });
  });
  afterAll(() => app.close());

  test('shows the example as it is, and the example runs', async () => {
    expect(readme).toContain(read('../examples/notes-api.ts').trim());
    const { body, statusCode } = await app.inject('/notes?search=first&isPinned=false');
    expect([statusCode, JSON.parse(body)]).toMatchObject([
      200,
      { count: 1, results: [{ slug: 'first-note', isPinned: false }] },
    ]);
    expect((await app.inject({ method: 'POST', url: '/notes/1/pin' })).statusCode).toBe(401);
  });

  test('lists every error that the package exports, and no other', () => {
    const exported = Object.values(viewset).filter(
      (value) => typeof value === 'function' && value.prototype instanceof CoreError,
    );
    const codes = [...read('./errors/viewset.errors.ts').matchAll(/readonly code = '(\w+)'/g)].map(
      ([, code = '']) => code,
    );
    expect(listedUnder('Errors').toSorted()).toEqual(codes.toSorted());
    expect(exported).toHaveLength(codes.length);
  });

  test('lists every option', () => {
    expect(listedUnder('Options of `@ViewSet`').toSorted()).toEqual(Object.keys(VIEWSET_OPTIONS).toSorted());
    expect(listedUnder('Options of `@Action`').toSorted()).toEqual(Object.keys(ACTION_OPTIONS).toSorted());
  });
});
