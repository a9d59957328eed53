import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Collection } from '@mikro-orm/core';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { CoreOrmModule } from '../core-orm.module.js';
import { InjectManager } from '../core-orm.tokens.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { SqliteHandle } from '../databases/sqlite/sqlite-handle.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import { SeederOrderError, UnknownFactoryStateError, UnknownSeederError } from '../errors/seeding.errors.js';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import type { Manager } from '../querysets/manager.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { defineFactory } from './factory.js';
import { type DatabaseSeeder, runSeeders, Seeder, type SeederClass, type SeederContext } from './seeder.js';
import { SeederService } from './seeder.service.js';

@Model({ tableName: 'writers' })
class Writer extends BaseModel {
  declare static readonly objects: Manager<Writer>;
  @Field.string({ unique: true }) name!: string;
  @Field.oneToMany(() => Note, (note) => note.writer) notes!: Collection<Note>;
}

@Model({ tableName: 'notes' })
class Note extends BaseModel {
  declare static readonly objects: Manager<Note>;
  @Field.string() title!: string;
  @Field.datetime() at!: Date;
  @Field.boolean({ default: false }) isPublished!: boolean;
  @Field.foreignKey(() => Writer) writer!: Writer;
}

const WriterFactory = defineFactory(Writer, (_faker, sequence) => ({ name: `writer ${sequence}` }));
const NoteFactory = defineFactory(
  Note,
  (faker) => ({ title: faker.lorem.sentence(), at: faker.date.recent(), writer: WriterFactory }),
  { states: { published: { isPublished: true } } },
);

describe.each(await scratchDatabases('orm_seeding'))('on %s', (_kind, { drop, url }) => {
  let database: Database;

  beforeEach(async () => {
    database = await openDatabase([Writer, Note], resolveCoreOrmOptions({ url, schema: 'update' }));
    await runInContext(async () => {
      await Note.objects.delete();
      await Writer.objects.delete();
    });
  });

  afterEach(() => database.close());
  afterAll(drop);

  describe('a factory', () => {
    test('stores rows with the related rows that they need', async () => {
      await runInContext(async () => {
        const note = await NoteFactory.create({ title: 'mine' });
        expect(note).toMatchObject({ title: 'mine', isPublished: false });
        expect(await Writer.objects.count()).toBe(1);
      });
    });

    test('makes instances without storing them', async () => {
      await runInContext(async () => {
        const note = await NoteFactory.make();
        expect(note).toBeInstanceOf(Note);
        expect(note.title).not.toBe('');
        expect((await Note.objects.count()) + (await Writer.objects.count())).toBe(0);
      });
    });

    test('invents the same values again with the same seed, and others with another', async () => {
      const values = async (seed: number) => {
        const factory = NoteFactory.seed(seed);
        const notes = [await factory.make(), await factory.make()];
        return notes.map(({ title, at }) => ({ title, at }));
      };
      const first = await values(7);
      expect(await values(7)).toEqual(first);
      expect(await values(8)).not.toEqual(first);
      expect(first[0]).not.toEqual(first[1]);
    });

    test('refuses a state that it does not have', () => {
      // @ts-expect-error the compiler refuses it as well
      expect(() => NoteFactory.state('drafted')).toThrow(UnknownFactoryStateError);
    });
  });

  describe('a factory of related rows', () => {
    test('gives each row rows of its own, and calls back with what was stored', () =>
      runInContext(async () => {
        const created: string[] = [];
        const factory = WriterFactory.has('notes', NoteFactory, 2).afterCreate(({ name }) => created.push(name));
        const [one, two] = await factory.createMany(2, (index) => ({ name: `w${index}` }));
        expect(created).toEqual(['w0', 'w1']);
        if (!one || !two) throw new Error('nothing was made');
        expect([
          await Note.objects.filter({ writer: one }).count(),
          await Note.objects.filter({ writer: two }).count(),
        ]).toEqual([2, 2]);
        // @ts-expect-error a column is no relation
        await expect(WriterFactory.has('name', NoteFactory).create()).rejects.toThrow(InvalidLookupError);
        await expect(NoteFactory.has('writer', WriterFactory).create()).rejects.toThrow(InvalidLookupError);
      }));

    test('follows from the seed as well', () =>
      runInContext(async () => {
        const Named = defineFactory(Writer, (faker) => ({ name: faker.string.uuid() }));
        const Notes = defineFactory(Note, (faker) => ({ title: 'x', at: faker.date.recent(), writer: Named }));
        const names = async () => {
          await Note.objects.delete();
          await Writer.objects.delete();
          await Notes.seed(3).createMany(3);
          return Writer.objects.pluck('name');
        };
        const first = await names();
        expect(new Set(first).size).toBe(3);
        expect(await names()).toEqual(first);
      }));

    test('build() invents plain values, makeMany() instances', () =>
      runInContext(async () => {
        expect(await NoteFactory.build({ title: 'mine' })).toEqual({ title: 'mine', at: expect.any(Date) });
        expect((await WriterFactory.makeMany(2, (index) => ({ name: `w${index}` }))).map(({ name }) => name)).toEqual([
          'w0',
          'w1',
        ]);
        expect(await Writer.objects.count()).toBe(0);
      }));
  });

  describe('SeederService', () => {
    const ran: string[] = [];

    @Seeder()
    class WriterSeeder implements DatabaseSeeder {
      async run({ count = 1 }: SeederContext): Promise<void> {
        ran.push(`writers ${count}`);
        await WriterFactory.createMany(count, (index) => ({ name: `s${index}` }));
      }
    }

    @Seeder({ dependsOn: [WriterSeeder], name: 'notes' })
    class NoteSeeder implements DatabaseSeeder {
      constructor(@InjectManager(Writer) private readonly writers: Manager<Writer>) {}

      async run(): Promise<void> {
        ran.push('notes');
        await NoteFactory.createMany(2, { writer: await this.writers.get() });
      }
    }

    @Seeder({ dependsOn: [NoteSeeder] })
    class FailingSeeder implements DatabaseSeeder {
      async run(): Promise<void> {
        throw new Error('no more');
      }
    }

    /** Declared against their order. */
    async function seederService(providers: Provider[], use: (service: SeederService) => Promise<unknown>) {
      @Module({
        imports: [CoreOrmModule.forRoot({ url, schema: 'update' }), CoreOrmModule.forFeature([Writer, Note])],
        providers,
      })
      class AppModule {}
      await database.close();
      const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
      ran.length = 0;
      try {
        await use(app.get(SeederService));
      } finally {
        await app.close();
      }
    }

    test('runs all providers with @Seeder, each after those it depends on', () =>
      seederService([NoteSeeder, WriterSeeder], async (service) => {
        expect(service.names()).toEqual(['Writer', 'notes']);
        await service.run();
        expect(ran).toEqual(['writers 1', 'notes']);
        await runInContext(async () => expect(await Note.objects.count()).toBe(2));
      }));

    test('runs the ones that are named, with the count that is asked for', () =>
      seederService([NoteSeeder, WriterSeeder], async (service) => {
        const told: string[] = [];
        await service.run(['writer'], { count: 3, onSeeder: (name) => told.push(name) });
        expect(told).toEqual(['Writer']);
        expect(ran).toEqual(['writers 3']);
        await expect(service.run(['Nobody'])).rejects.toThrow(UnknownSeederError);
      }));

    test('keeps nothing when one of them fails', () =>
      seederService([FailingSeeder, NoteSeeder, WriterSeeder], async (service) => {
        await expect(service.run()).rejects.toThrow('no more');
        await runInContext(async () => expect(await Writer.objects.count()).toBe(0));
      }));

    test('refuses a circle', () => {
      const circle: SeederClass[] = [];
      @Seeder({ dependsOn: circle })
      class Round implements DatabaseSeeder {
        async run(): Promise<void> {}
      }
      circle.push(Round);
      return seederService([Round], async (service) => expect(() => service.names()).toThrow(SeederOrderError));
    });
  });

  describe('runSeeders', () => {
    class WriterSeeder implements DatabaseSeeder {
      async run({ count = 2 }: SeederContext): Promise<void> {
        await WriterFactory.seed(1).createMany(count);
      }
    }

    class EverythingSeeder implements DatabaseSeeder {
      constructor(private readonly fails = false) {}

      async run({ call }: SeederContext): Promise<void> {
        await call(new WriterSeeder());
        if (this.fails) throw new Error('no more');
      }
    }

    test('runs seeders with the count that was asked for', async () => {
      await runSeeders([new EverythingSeeder()], { count: 5 });
      await runInContext(async () => expect(await Writer.objects.count()).toBe(5));
    });

    test('keeps nothing when one of them fails', async () => {
      await expect(runSeeders([new EverythingSeeder(true)])).rejects.toThrow('no more');
      await runInContext(async () => expect(await Writer.objects.count()).toBe(0));
    });

    test('gives seeders a generator that repeats itself with a seed', async () => {
      const names: string[] = [];
      class Naming implements DatabaseSeeder {
        async run({ faker }: SeederContext): Promise<void> {
          names.push((await faker()).person.fullName());
        }
      }
      await runSeeders([new Naming()], { seed: 3 });
      await runSeeders([new Naming()], { seed: 3 });
      expect(names[0]).toBe(names[1]);
    });
  });
});

test('a factory stores many rows by few statements, with values by index', async () => {
  const options = resolveCoreOrmOptions({ url: 'sqlite://:memory:', schema: 'update' });
  const database = await openDatabase([Writer, Note], options);
  await runInContext(async () => {
    const writer = await WriterFactory.create({ name: 'one' });
    const executed = jest.spyOn(SqliteHandle.prototype, 'run');
    await NoteFactory.state('published').createMany(1000, (index) => ({ writer, title: `n${index}` }));
    expect(executed.mock.calls.length).toBeLessThan(10);
    executed.mockRestore();
    expect(await Note.objects.filter({ isPublished: true }).count()).toBe(1000);
  });
  await database.close();
});
