import { CLOCK, type Clock, RequestContext } from '@core-framework/common';
import { CoreSettings, SettingsModule } from '@core-framework/config';
import { BaseModel, CoreOrmModule, Field, InjectManager, type Manager, Model } from '@core-framework/orm';
import { Body, Controller, Get, HttpCode, Inject, Injectable, Module, Post } from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { QueryCountError } from '../errors/testing.errors.js';
import { createTestApp } from './create-test-app.js';
import type { TestApp } from './test-app.js';

@Model()
class Note extends BaseModel {
  declare static readonly objects: Manager<Note>;

  @Field.string({ maxLength: 50 }) title!: string;
}

@Injectable()
class Greeter {
  greet() {
    return 'Hello';
  }
}

class NoteSettings extends CoreSettings {
  shelf = 'left';
}

@Controller()
class NotesController {
  constructor(
    @InjectManager(Note) private readonly notes: Manager<Note>,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly greeter: Greeter,
    private readonly settings: NoteSettings,
  ) {}

  @Get('notes')
  async list() {
    const notes = await this.notes.orderBy('id').all();
    return notes.map(({ title }) => title);
  }

  @Post('notes')
  @HttpCode(201)
  async create(@Body() { title }: { title: string }) {
    const { id } = await this.notes.create({ title });
    return { id };
  }

  @Get('about')
  async about() {
    const principal = RequestContext.current()?.principal;
    return {
      caller: principal?.id ?? null,
      staff: principal?.isStaff ?? false,
      mayPublish: (await principal?.hasPermission('notes.publish')) ?? false,
      time: this.clock.now().toISOString(),
      greeting: this.greeter.greet(),
      shelf: this.settings.shelf,
      environment: this.settings.environment,
    };
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(NoteSettings),
    CoreOrmModule.forRoot({ schema: 'update' }),
    CoreOrmModule.forFeature([Note]),
  ],
  controllers: [NotesController],
  providers: [Greeter],
})
class NotesModule {}

const ABOUT = '/api/v1/about';
const NOTES = '/api/v1/notes';

describe('a test app', () => {
  let app: TestApp;
  const start = async (options?: Parameters<typeof createTestApp>[1]) =>
    (app = await createTestApp(NotesModule, options));
  afterEach(() => app.close());

  test('has the whole stack and a database of its own', async () => {
    await start();
    expect((await app.client.post(NOTES, { title: 'One' })).json()).toEqual({ id: 1 });
    expect((await app.client.get(`${NOTES}/`)).json()).toEqual(['One']);
    expect((await app.client.get('/nowhere')).json()).toMatchObject({ code: 'not_found' });
    const other = await createTestApp(NotesModule);
    expect((await other.client.get(NOTES)).json()).toEqual([]);
    await other.close();
  });

  test('knows no variables but those it is given', async () => {
    process.env.SHELF = 'from the process';
    try {
      await start();
      expect((await app.client.get(ABOUT)).json()).toMatchObject({ shelf: 'left', environment: 'testing' });
      await app.close();
      await start({ env: { SHELF: 'right' } });
      expect((await app.client.get(ABOUT)).json()).toMatchObject({ shelf: 'right' });
    } finally {
      delete process.env.SHELF;
    }
  });

  test('lets requests come from whom the test says', async () => {
    await start();
    const about = async (client = app.client) => (await client.get(ABOUT)).json();
    expect(await about()).toMatchObject({ caller: null, mayPublish: false });
    const editor = app.client.as({ id: 7, isStaff: true, permissions: ['notes.publish'] });
    expect(await about(editor)).toMatchObject({ caller: 7, staff: true, mayPublish: true });
    expect(await about(app.client.as({ id: 8, isActive: false, isSuperuser: true }))).toMatchObject({
      mayPublish: false,
    });
    expect(await about(app.client.with({ 'x-core-testing-caller': '7' }))).toMatchObject({ caller: null });
  });

  test('has a clock that stands where it is put', async () => {
    await start();
    const time = async () => (await app.client.get(ABOUT)).json<{ time: string }>().time;
    app.clock.set('2026-01-31T09:00:00Z');
    expect(await time()).toBe('2026-01-31T09:00:00.000Z');
    app.clock.advance({ days: 1, minutes: 2, seconds: 3 });
    expect(await time()).toBe('2026-02-01T09:02:03.000Z');
    expect((await app.work(() => Note.objects.create({ title: 'x' }))).createdAt).toEqual(app.clock.now());
    app.clock.reset();
    expect(Math.abs(new Date(await time()).getTime() - Date.now())).toBeLessThan(60_000);
    expect(() => app.clock.set('soon')).toThrow('"soon" is no instant');
  });

  test('replaces providers', async () => {
    await start({ configure: (builder) => builder.overrideProvider(Greeter).useValue({ greet: () => 'Hi' }) });
    expect((await app.client.get(ABOUT)).json()).toMatchObject({ greeting: 'Hi' });
  });

  test('counts statements and lists them when the number is wrong', async () => {
    await start();
    const list = () => app.client.get(NOTES);
    const { result, statements } = await app.recordQueries(list);
    expect(result.status).toBe(200);
    expect(statements).toEqual([expect.stringMatching(/^select .*notes/)]);
    await expect(app.assertQueries(1, list)).resolves.toMatchObject({ status: 200 });
    await expect(app.assertQueries(0, list)).rejects.toThrow(QueryCountError);
    await expect(app.assertQueries(0, list)).rejects.toThrow(/1 were sent:\s+1\. select/);
    const writing = await app.recordQueries(() => app.work(() => Note.objects.create({ title: 'x' })));
    expect(writing.statements).toHaveLength(1);
  });

  test('takes back all that happened in a rolled back piece of work, requests included', async () => {
    await start();
    await app.client.post(NOTES, { title: 'Kept' });
    const inside = await app.rollback(async () => {
      await Note.objects.create({ title: 'Direct' });
      expect((await app.client.post(NOTES, { title: 'By request' })).status).toBe(201);
      return (await app.client.get(NOTES)).json<string[]>();
    });
    expect(inside).toEqual(['Kept', 'Direct', 'By request']);
    expect((await app.client.get(NOTES)).json()).toEqual(['Kept']);
    await expect(app.rollback(() => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  });

  test('can be called over a port, too', async () => {
    await start();
    const answer = await fetch(`${await app.listen()}${NOTES}`);
    expect(await answer.json()).toEqual([]);
  });
});
