import { afterEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@core-framework/common';
import { SettingsModule } from '@core-framework/config';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Connections } from '../context/connections.js';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { CoreOrmModule } from '../core-orm.module.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { InvalidTimeError } from '../errors/time.errors.js';
import { compileFieldParser } from '../fields/field-parser.js';
import { modelDefinition } from '../models/model-definition.js';
import { Post, User } from '../testing/blog.models.js';
import { Folder } from '../testing/soft-deletion.models.js';
import { timezone } from './timezone.js';

describe('local times', () => {
  test.each([
    ['2026-01-15T12:00', 'Europe/Lisbon', '2026-01-15T12:00:00.000Z'],
    ['2026-07-15 12:00:01.5', 'Europe/Lisbon', '2026-07-15T11:00:01.500Z'],
    ['2026-07-15', 'America/New_York', '2026-07-15T04:00:00.000Z'],
    ['2026-07-15T12:00', 'Asia/Kolkata', '2026-07-15T06:30:00.000Z'],
    // Skipped: the clocks go from 01:00 to 02:00.
    ['2026-03-29T01:30', 'Europe/Lisbon', '2026-03-29T01:30:00.000Z'],
    // Shown twice: the first is meant.
    ['2026-10-25T01:30', 'Europe/Lisbon', '2026-10-25T00:30:00.000Z'],
    ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
    ['0099-01-01T00:00', 'UTC', '0099-01-01T00:00:00.000Z'],
  ])('%s in %s is %s', (text, zone, instant) => {
    expect(timezone.parse(text, zone).toISOString()).toBe(instant);
  });

  test.each(['', 'soon', '2026-02-30', '2026-13-01', '2026-01-01T24:00', '2026-01-01T00:00Z', '0001-01-01', null, {}])(
    'refuses %j',
    (text) => expect(() => timezone.parse(text as string, 'Asia/Tokyo')).toThrow(InvalidTimeError),
  );
});

describe('an application', () => {
  const START = new Date('2026-03-01T23:30:00.000Z');
  let database: Database | undefined;
  let app: INestApplicationContext | undefined;
  afterEach(async () => {
    await database?.close();
    await app?.close();
    [database, app] = [undefined, undefined];
  });

  async function open(zone: string) {
    const clock = new ManualClock(START);
    const connections = new Connections(undefined, { clock, zone });
    const options = resolveCoreOrmOptions({ url: 'sqlite://:memory:', schema: 'update' });
    const opened = (database = await openDatabase([Post, Folder], options, undefined, { connections }));
    return { clock, run: <T>(work: () => Promise<T>) => runInContext(work, { database: opened }) };
  }

  test('has its own present and calendar day', async () => {
    const { clock, run } = await open('Asia/Tokyo');
    await run(async () => {
      expect([timezone.now(), timezone.today(), timezone.name]).toEqual([START, '2026-03-02', 'Asia/Tokyo']);
      clock.set('2026-03-02T14:59:59Z');
      expect([timezone.today(), timezone.today(START)]).toEqual(['2026-03-02', '2026-03-02']);
      clock.advance({ seconds: 1 });
      expect(timezone.today()).toBe('2026-03-03');
    });
  });

  test('stamps what it writes by its clock', async () => {
    const { clock, run } = await open('UTC');
    const HOUR = 3_600_000;
    const later = new Date(START.getTime() + HOUR);
    await run(async () => {
      const author = await User.objects.create({ email: 'a@example.com' });
      const post = await Post.objects.create({ title: 'x', author });
      expect([post.createdAt, post.updatedAt]).toEqual([START, START]);
      clock.advance({ hours: 1 });
      post.title = 'y';
      await post.save();
      expect([post.createdAt, post.updatedAt]).toEqual([START, later]);
      expect((await author.touch()).updatedAt).toEqual(later);
      const folder = await Folder.objects.create({ name: 'x' });
      await folder.softDelete();
      expect(folder.deletedAt).toEqual(later);
      await folder.restore();
      clock.advance({ hours: 1 });
      await Folder.objects.softDelete();
      const now = new Date(later.getTime() + HOUR);
      expect(await Folder.objects.onlyDeleted().values('deletedAt', 'updatedAt')).toEqual([
        { deletedAt: now, updatedAt: now },
      ]);
      expect(await Folder.objects.withDeleted().rows({ columns: ['createdAt'], json: true })).toEqual([
        { createdAt: '2026-03-02T00:30:00.000Z' },
      ]);
    });
  });

  test.each([
    ['true', 'America/New_York', '2026-07-01T16:00:00.000Z'],
    ['false', 'UTC', '2026-07-01T12:00:00.000Z'],
  ])('takes its zone from the settings, with USE_TZ=%s', async (useTz, zone, instant) => {
    const env = { TIMEZONE: 'America/New_York', USE_TZ: useTz };
    @Module({
      imports: [
        SettingsModule.forRoot(undefined, { env, envFile: false }),
        CoreOrmModule.forRoot({ url: 'sqlite://:memory:', models: [Post] }),
      ],
    })
    class AppModule {}
    app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
    const parse = compileFieldParser(modelDefinition(Post).fields.get('publishedAt')!);
    runInContext(() => {
      expect(timezone.name).toBe(zone);
      expect(parse('2026-07-01T12:00').value).toEqual(new Date(instant));
      expect(parse('2026-07-01T12:00+02:00').value).toEqual(new Date('2026-07-01T10:00Z'));
    });
  });
});

test('outside of applications the machine tells the time', () => {
  const before = Date.now();
  expect(timezone.now().getTime()).toBeGreaterThanOrEqual(before);
  expect(timezone.name).toBe('UTC');
});
