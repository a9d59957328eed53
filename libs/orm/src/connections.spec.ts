import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { BootReportRegistry, HealthRegistry } from '@core-framework/common';
import { type Ref } from '@mikro-orm/core';
import {
  type BeforeApplicationShutdown,
  type INestApplicationContext,
  Injectable,
  Module,
  type ModuleMetadata,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Database } from './context/database.js';
import { runInContext } from './context/run-in-context.js';
import { CoreOrmModule } from './core-orm.module.js';
import {
  getDatabaseToken,
  getManagerToken,
  InjectDatabase,
  InjectManager,
  InjectMigrations,
} from './core-orm.tokens.js';
import { Field } from './fields/field.decorator.js';
import { Migration } from './migrations/migration.js';
import { MigrationService } from './migrations/migration.service.js';
import { createTable } from './migrations/operations/table-operations.js';
import { BaseModel } from './models/base.model.js';
import { Model } from './models/model.decorator.js';
import type { Manager } from './querysets/manager.js';
import { Seeder } from './seeding/seeder.js';
import { SeederService } from './seeding/seeder.service.js';
import { scratchDatabases } from './testing/scratch-database.js';
import { atomic, onCommit } from './transactions/atomic.js';

@Model()
class Sale extends BaseModel {
  declare static readonly objects: Manager<Sale>;
  @Field.string() name!: string;
}

@Model()
class Summary extends BaseModel {
  declare static readonly objects: Manager<Summary>;
  @Field.string() name!: string;
}

@Model()
class Line extends BaseModel {
  declare static readonly objects: Manager<Line>;
  @Field.foreignKey(() => Summary) summary!: Ref<Summary>;
}

@Model({ connection: 'reports' })
class Archived extends BaseModel {
  declare static readonly objects: Manager<Archived>;
  @Field.string() name!: string;
}

@Model({ connection: 'default' })
class Headline extends BaseModel {
  declare static readonly objects: Manager<Headline>;
  @Field.string() title!: string;
  @Field.slug({ from: 'title' }) slug!: string;
}

@Model()
class Misplaced extends BaseModel {
  @Field.foreignKey(() => Sale) sale!: Ref<Sale>;
}

@Injectable()
class Reports {
  constructor(
    @InjectManager(Summary, 'reports') readonly summaries: Manager<Summary>,
    @InjectDatabase('reports') readonly database: Database,
  ) {}
}

const apps: INestApplicationContext[] = [];
const MEMORY = { url: 'sqlite://:memory:', schema: 'update' } as const;

async function start(imports: NonNullable<ModuleMetadata['imports']>, providers: ModuleMetadata['providers'] = []) {
  @Module({ imports, providers })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  apps.push(app);
  return app;
}

async function failureOf(...imports: NonNullable<ModuleMetadata['imports']>) {
  return (await start(imports).catch((error: unknown) => error)) as Error & { code: string };
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

@Injectable()
class Upkeep implements BeforeApplicationShutdown {
  readonly counted: number[] = [];

  constructor(
    @InjectMigrations('reports') readonly migrations: MigrationService,
    @InjectDatabase('reports') readonly reports: Database,
    @InjectDatabase() readonly main: Database,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    for (const { orm } of [this.main, this.reports]) {
      const [row] = await orm.em.fork().execute<{ n: number }[]>('select count(*) as n from sqlite_master');
      this.counted.push(Number(row?.n));
    }
  }
}

test('migrations of a named connection are its own, and both are open until everything else is shut down', async () => {
  class CreateNotes extends Migration {
    readonly operations = [createTable('notes', { columns: { id: { type: 'integer', primaryKey: true } } })];
  }
  const url = 'sqlite://:memory:';
  const app = await start(
    [
      CoreOrmModule.forRoot({ url, migrations: {} }),
      CoreOrmModule.forRoot({ name: 'reports', url, migrations: { '0001_notes': CreateNotes } }),
    ],
    [Upkeep],
  );
  const upkeep = app.get(Upkeep);
  expect(await upkeep.migrations.migrate()).toHaveLength(1);
  expect(await upkeep.main.orm.em.fork().execute('select name from sqlite_master')).toEqual([]);
  expect(await upkeep.reports.orm.em.fork().execute('select id from notes')).toEqual([]);
  apps.length = 0;
  await app.close();
  expect(upkeep.counted[0]).toBe(0);
  expect(upkeep.counted[1]).toBeGreaterThan(1);
  for (const closed of [upkeep.main, upkeep.reports]) {
    expect(() => closed.kysely).toThrow(expect.objectContaining({ code: 'ORM_UNKNOWN_DATABASE' }));
  }
});

test('seeders run in the transaction of the connection that is named', async () => {
  @Seeder()
  class SummarySeeder {
    async run() {
      await Summary.objects.create({ name: 'seeded' });
      throw new Error('no');
    }
  }
  const app = await start(
    [
      CoreOrmModule.forRoot(MEMORY),
      CoreOrmModule.forRoot({ ...MEMORY, name: 'reports' }),
      CoreOrmModule.forFeature([Summary], { connection: 'reports' }),
    ],
    [SummarySeeder],
  );
  const seeders = app.get(SeederService);
  await expect(seeders.run(undefined, { connection: 'reports' })).rejects.toThrow('no');
  const database = app.get<Database>(getDatabaseToken('reports'));
  expect(await runInContext(() => Summary.objects.count(), { database })).toBe(0);
  await expect(seeders.run([], { connection: 'nowhere' })).rejects.toMatchObject({ code: 'ORM_UNKNOWN_DATABASE' });
});

describe.each(await scratchDatabases('orm_connections'))('a second connection on %s', (_kind, { drop, url }) => {
  afterAll(drop);

  const reports = { name: 'reports', url, schema: 'update' } as const;
  const startShop = () =>
    start(
      [
        CoreOrmModule.forRoot(MEMORY),
        CoreOrmModule.forRoot({ ...reports, models: [Line] }),
        CoreOrmModule.forFeature([Sale, Archived]),
        CoreOrmModule.forFeature([Summary], { connection: 'reports' }),
      ],
      [Reports],
    );

  afterEach(async () => {
    const database = apps[0]?.get<Database>(getDatabaseToken('reports'));
    if (database) await runInContext(() => Summary.objects.delete(), { database });
  });

  test('keeps the rows of its models, whichever way they are reached', async () => {
    const app = await startShop();
    const { summaries, database } = app.get(Reports);
    await runInContext(async () => {
      await Sale.objects.create({ name: 'a' });
      await Summary.objects.create({ name: 'of a' });
      expect(await summaries.values('name')).toEqual([{ name: 'of a' }]);
      expect(await app.get<Manager<Summary>>(getManagerToken(Summary)).count()).toBe(1);
      expect(await database.orm.em.count(Summary)).toBe(1);
    });
    const main = app.get<Database>(getDatabaseToken());
    expect([main.serves(Sale), main.serves(Summary), main.serves(Archived)]).toEqual([true, false, false]);
    expect([Sale, Summary, Line, Archived].map((model) => database.serves(model))).toEqual([false, true, true, true]);
  });

  test('has transactions of its own, which those of the other one may surround', async () => {
    await startShop();
    const events: string[] = [];
    const failing = runInContext(() =>
      atomic(async () => {
        await Sale.objects.create({ name: 'lost' });
        await atomic(
          async () => {
            await Summary.objects.create({ name: 'kept' });
            // Inside both: each model still works in the transaction of its own database.
            expect(await Sale.objects.count()).toBe(1);
            await Sale.objects.create({ name: 'lost too' });
            onCommit(() => events.push('reports'), { connection: 'reports' });
            onCommit(() => events.push('never'));
          },
          { connection: 'reports' },
        );
        throw new Error('given up');
      }),
    );
    await expect(failing).rejects.toThrow('given up');
    await runInContext(async () => {
      expect([await Sale.objects.count(), await Summary.objects.count()]).toEqual([0, 1]);
    });
    expect(events).toEqual(['reports']);
  });

  test('is announced and checked under its name', async () => {
    const app = await startShop();
    expect(app.get(HealthRegistry).checks.map(({ name }) => name)).toEqual(['db', 'db:reports']);
    expect(app.get(BootReportRegistry).lines.map(([name]) => name)).toEqual(['Database', 'Database:reports']);
  });

  test('is opened by forRootAsync, too', async () => {
    await start([
      CoreOrmModule.forRootAsync({ useFactory: () => MEMORY }),
      CoreOrmModule.forRootAsync({ name: 'reports', models: [Summary], useFactory: async () => reports }),
      CoreOrmModule.forFeature([Sale, Summary]),
    ]);
    await runInContext(async () => {
      await Summary.objects.create({ name: 'x' });
      await Sale.objects.create({ name: 'x' });
      expect(await Summary.objects.using('reports').count()).toBe(1);
    });
  });
});

test('a model on two connections says which one is its own, and using names the other', async () => {
  await start([
    CoreOrmModule.forRoot({ ...MEMORY, models: [Archived] }),
    CoreOrmModule.forRoot({ ...MEMORY, name: 'reports' }),
  ]);
  await runInContext(async () => {
    await Archived.objects.using('default').create({ name: 'here' });
    await Archived.objects.create({ name: 'there' });
    expect(await Archived.objects.values('name')).toEqual([{ name: 'there' }]);
    const [here] = await Archived.objects.using('default').all();
    if (!here) throw new Error('lost');
    here.name = 'changed';
    await here.save();
    expect(await Archived.objects.using('default').values('name')).toEqual([{ name: 'changed' }]);
    expect(await Archived.objects.values('name')).toEqual([{ name: 'there' }]);
  });
});

test('a row that is created on a named connection is read back from there', async () => {
  await start([
    CoreOrmModule.forRoot({ ...MEMORY, models: [Headline] }),
    CoreOrmModule.forRoot({ ...MEMORY, name: 'reports', models: [Headline] }),
  ]);
  await runInContext(async () => {
    const reports = Headline.objects.using('reports');
    expect(await reports.createRow({ title: 'Hot News' }, { columns: ['slug'] })).toEqual({ slug: 'hot-news' });
    expect(await Headline.objects.count()).toBe(0);
  });
});

test('work inside other work stays in its application', async () => {
  const [first] = [await start([CoreOrmModule.forRoot(MEMORY), CoreOrmModule.forFeature([Sale])]), await startOther()];
  const count = () =>
    runInContext(() => runInContext(() => Sale.objects.count()), { database: first.get(getDatabaseToken()) });
  expect(await count()).toBe(0);
  await expect(runInContext(() => Sale.objects.count())).rejects.toMatchObject({ code: 'ORM_UNKNOWN_DATABASE' });
});

const startOther = () => start([CoreOrmModule.forRoot(MEMORY), CoreOrmModule.forFeature([Sale])]);

test('names that no connection has are refused before any SQL', async () => {
  await startOther();
  await runInContext(async () => {
    const unknown = { code: 'ORM_UNKNOWN_DATABASE' };
    await expect(Sale.objects.using('nowhere').count()).rejects.toMatchObject(unknown);
    await expect(Summary.objects.using('default').count()).rejects.toMatchObject(unknown);
    await expect(atomic(async () => undefined, { connection: 'nowhere' })).rejects.toMatchObject(unknown);
    expect(() => onCommit(() => undefined, { connection: 'nowhere' })).toThrow(expect.objectContaining(unknown));
    expect(() => Sale.objects.using(5 as never)).toThrow(expect.objectContaining({ code: 'ORM_INVALID_LOOKUP' }));
  });
});

describe('starting fails', () => {
  const root = CoreOrmModule.forRoot(MEMORY);
  const second = { ...MEMORY, name: 'reports' };
  const invalid = (message: string) => ({ code: 'ORM_INVALID_OPTIONS', message: expect.stringContaining(message) });

  test('when a model is for a connection that nobody opens', async () => {
    expect(await failureOf(root, CoreOrmModule.forFeature([Sale], { connection: 'nowhere' }))).toMatchObject(
      invalid('Sale is to be on the connection "nowhere"'),
    );
    expect(await failureOf(root, CoreOrmModule.forFeature([Archived]))).toMatchObject(invalid('Archived'));
  });

  test('when a model is on two connections without saying which', async () => {
    const both = [
      CoreOrmModule.forRoot({ ...MEMORY, models: [Sale] }),
      CoreOrmModule.forRoot({ ...second, models: [Sale] }),
    ];
    expect(await failureOf(...both)).toMatchObject(invalid('Sale is on the connections default and reports'));
    const late = CoreOrmModule.forRootAsync({ useFactory: () => ({ ...MEMORY, models: [Sale] }) });
    expect(await failureOf(late, both[1]!)).toMatchObject(invalid('Sale is on the connections'));
  });

  test('when a relation leads to another database', async () => {
    expect(
      await failureOf(
        root,
        CoreOrmModule.forRoot({ ...second, models: [Misplaced] }),
        CoreOrmModule.forFeature([Sale]),
      ),
    ).toMatchObject(invalid('Misplaced.sale leads from the connection "reports" to Sale on "default"'));
  });

  test('when a name is used twice, is taken by queries, or has no address', async () => {
    expect(await failureOf(root, CoreOrmModule.forRoot({ ...MEMORY }))).toMatchObject(invalid('"default" twice'));
    expect(await failureOf(root, CoreOrmModule.forRoot({ ...MEMORY, name: 'primary' }))).toMatchObject(
      invalid('primary'),
    );
    expect(await failureOf(root, CoreOrmModule.forRoot({ name: 'reports' }))).toMatchObject(invalid('has no address'));
  });
});
