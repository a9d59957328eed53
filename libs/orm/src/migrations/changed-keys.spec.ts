import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Field } from '../fields/field.decorator.js';
import { Model } from '../models/model.decorator.js';
import { PlainModel } from '../models/plain.model.js';
import { pointToSource } from '../testing/generated-files.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { generateMigration } from './generate-migration.js';
import { MigrationService } from './migration.service.js';

/** A key of two fields, of three, and of the same three in another order. */
function seatings() {
  @Model({ tableName: 'seatings', primaryKey: ['hall', 'seat'] })
  class OfTwo extends PlainModel {
    @Field.integer() hall!: number;
    @Field.integer() seat!: number;
    @Field.integer({ default: 0 }) evening!: number;
  }
  @Model({ tableName: 'seatings', primaryKey: ['hall', 'seat', 'evening'] })
  class OfThree extends PlainModel {
    @Field.integer() hall!: number;
    @Field.integer() seat!: number;
    @Field.integer({ default: 0 }) evening!: number;
  }
  @Model({ tableName: 'seatings', primaryKey: ['evening', 'seat', 'hall'] })
  class InAnotherOrder extends PlainModel {
    @Field.integer() hall!: number;
    @Field.integer() seat!: number;
    @Field.integer({ default: 0 }) evening!: number;
  }
  return [OfTwo, OfThree, InAnotherOrder] as const;
}

const scratches = await scratchDatabases('orm_changed_keys');
let folder: string;
let database: Database | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orm-changed-keys-'));
});

afterEach(async () => {
  await database?.close();
  rmSync(folder, { recursive: true });
});

afterAll(async () => {
  for (const [, { drop }] of scratches) await drop();
});

test.each(scratches)(
  'on %s a key of several fields may get one more and lose it, its rows stay; another order is the same key',
  async (_kind, { url }) => {
    const migrations = pathToFileURL(`${folder}/migrations/`);
    const [ofTwo, ofThree, inAnotherOrder] = seatings();
    for (const model of [ofTwo, ofThree, inAnotherOrder, ofTwo]) {
      database = await openDatabase([model], resolveCoreOrmOptions({ url }));
      const generated = await generateMigration(database.orm, migrations);
      expect(generated === undefined).toBe(model === inAnotherOrder);
      if (generated) pointToSource(generated.file);
      const service = new MigrationService(database.orm, migrations);
      await service.migrate();
      expect(await service.drift()).toEqual([]);
      expect(await generateMigration(database.orm, migrations)).toBeUndefined();
      const connection = database.orm.em.getConnection();
      if (generated?.name === '0001_initial') {
        await connection.execute('insert into seatings (hall, seat, evening) values (1, 2, 3), (1, 3, 3)');
      }
      expect(await connection.execute('select hall, seat, evening from seatings order by seat')).toEqual([
        { hall: 1, seat: 2, evening: 3 },
        { hall: 1, seat: 3, evening: 3 },
      ]);
      await database.close();
    }
  },
);
