import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Collection } from '@mikro-orm/core';
import type { Database } from '../context/database.js';
import { openDatabase } from '../context/open-database.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Field } from '../fields/field.decorator.js';
import { BaseModel } from '../models/base.model.js';
import { Model } from '../models/model.decorator.js';
import { F } from '../querysets/expression.js';
import { Q } from '../querysets/q.js';
import { PlainModel } from '../models/plain.model.js';
import { scratchDatabases } from '../testing/scratch-database.js';
import { pointToSource } from '../testing/generated-files.js';
import { generateMigration } from './generate-migration.js';
import { MigrationService } from './migration.service.js';

@Model({
  tableName: 'crates',
  unique: [['code', 'kind'], { fields: ['code', 'slots'], name: 'open_codes', where: Q({ isOpen: true }) }],
  indexes: [['kind', 'madeOn'], { fields: ['weight'], name: 'heavy_crates', where: Q({ weight__gt: 10.5 }) }],
  checks: {
    slots_range: Q({ slots__range: [0, 100] }),
    kind_known: Q({ kind__in: ['wood', 'steel'] }),
    volume_positive: Q({ volume__gt: '0.5' }).or(Q({ note: null }).not()),
    price_in_weight: Q({ weight__lte: F('weight').times(2).plus(F('slots')) }),
    open_or_sealed: Q({ isOpen: true }).or(Q({ sealedAt__isnull: false, updatedAt__gte: F('createdAt') })),
    token_length: {
      sql: { sqlite: 'length(token) > 3', postgresql: 'length(token::text) > 3', mariadb: 'length(token) > 3' },
    },
  },
  comment: "What's in the yard",
})
class Crate extends BaseModel {
  @Field.string({ maxLength: 40, unique: true }) code!: string;
  @Field.slug({ from: 'code', unique: true }) slug!: string;
  @Field.text({ nullable: true }) note!: string | null;
  @Field.integer({ default: 3 }) slots!: number;
  @Field.bigInteger({ nullable: true }) serial!: bigint | null;
  @Field.float({ default: 0.5 }) weight!: number;
  @Field.decimal({ precision: 9, scale: 3 }) volume!: string;
  @Field.money({ default: '1.50' }) price!: string;
  @Field.percent() fill!: string;
  @Field.boolean({ default: true }) isOpen!: boolean;
  @Field.datetime({ nullable: true }) sealedAt!: Date | null;
  @Field.date({ nullable: true }) madeOn!: string | null;
  @Field.time({ nullable: true }) openFrom!: string | null;
  @Field.json({ nullable: true }) extra!: unknown;
  @Field.uuid({ nullable: true }) token!: string | null;
  @Field.ip({ nullable: true }) ip!: string | null;
  @Field.enum({ choices: ['wood', 'steel'], default: 'wood' }) kind!: string;
  @Field.version() version!: number;
  @Field.foreignKey(() => Crate, { nullable: true, onDelete: 'setNull' }) parent!: Crate | null;
  @Field.manyToMany(() => Sticker) stickers!: Collection<Sticker>;
}

@Model({ tableName: 'stickers' })
class Sticker extends PlainModel {
  @Field.pk({ type: 'uuid' }) id!: string;
  @Field.oneToOne(() => Crate, { onDelete: 'cascade' }) crate!: Crate;
}

const scratches = await scratchDatabases('orm_models');
let folder: string;
let database: Database | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orm-models-'));
});

afterEach(async () => {
  await database?.close();
  rmSync(folder, { recursive: true });
});

afterAll(async () => {
  for (const [, { drop }] of scratches) await drop();
});

test('one generated folder gives the tables of the models on every database that has their rules, and nothing is left to generate', async () => {
  const migrations = pathToFileURL(`${folder}/migrations/`);
  let isFirst = true;
  for (const [kind, { url }] of [['sqlite', { url: `sqlite://${folder}/first.db` }] as const, ...scratches]) {
    const opened = openDatabase([Crate, Sticker], resolveCoreOrmOptions({ url }));
    if (kind === 'mariadb' || kind === 'mysql') {
      await expect(opened).rejects.toMatchObject({
        code: 'MIGRATION_STATE',
        message: 'MySQL and MariaDB have no values that are unique among some rows only.',
      });
      continue;
    }
    database = await opened;
    const generated = await generateMigration(database.orm, migrations);
    expect(generated === undefined).toBe(!isFirst);
    if (generated) pointToSource(generated.file);
    isFirst = false;
    const service = new MigrationService(database.orm, migrations);
    await service.migrate();
    expect(await service.drift()).toEqual([]);
    expect(await generateMigration(database.orm, migrations)).toBeUndefined();
    await database.close();
  }
});
