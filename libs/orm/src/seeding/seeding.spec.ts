import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { SqliteHandle } from '../databases/sqlite/sqlite-handle.js';
import { UnknownFactoryStateError } from '../errors/seeding.errors.js';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import type { Manager } from '../querysets/manager.js';
import { defineFactory } from './factory.js';
import { runSeeders, Seeder, type SeederContext } from './seeder.js';

@Model({ tableName: 'writers' })
class Writer extends BaseModel {
  declare static readonly objects: Manager<Writer>;
  @Field.string({ unique: true }) name!: string;
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

let database: Database;

beforeEach(async () => {
  const options = resolveCoreOrmOptions({ url: 'sqlite://:memory:', schema: 'update' });
  database = await openDatabase([Writer, Note], options);
});

afterEach(() => database.close());

describe('a factory', () => {
  test('stores rows with the related rows that they need', async () => {
    await runInContext(async () => {
      const note = await NoteFactory.create({ title: 'mine' });
      expect(note).toMatchObject({ title: 'mine', isPublished: false });
      expect(await Writer.objects.count()).toBe(1);
    });
  });

  test('stores many rows by few statements, with values by index', async () => {
    await runInContext(async () => {
      const writer = await WriterFactory.create({ name: 'one' });
      const executed = jest.spyOn(SqliteHandle.prototype, 'run');
      await NoteFactory.state('published').createMany(1000, (index) => ({ writer, title: `n${index}` }));
      expect(executed.mock.calls.length).toBeLessThan(10);
      executed.mockRestore();
      expect(await Note.objects.filter({ isPublished: true }).count()).toBe(1000);
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

describe('runSeeders', () => {
  class WriterSeeder extends Seeder {
    async run({ count = 2 }: SeederContext): Promise<void> {
      await WriterFactory.seed(1).createMany(count);
    }
  }

  class EverythingSeeder extends Seeder {
    constructor(private readonly fails = false) {
      super();
    }

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
    class Naming extends Seeder {
      async run({ faker }: SeederContext): Promise<void> {
        names.push((await faker()).person.fullName());
      }
    }
    await runSeeders([new Naming()], { seed: 3 });
    await runSeeders([new Naming()], { seed: 3 });
    expect(names[0]).toBe(names[1]);
  });
});
