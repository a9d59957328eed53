import { describe, expect, test } from '@jest/globals';
import type { Ref } from '@mikro-orm/core';
import { openDatabase } from '../context/open-database.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Field } from '../fields/field.decorator.js';
import { dumpData } from '../fixtures/dump-data.js';
import type { FixtureObject } from '../fixtures/fixture-object.js';
import { loadData } from '../fixtures/load-data.js';
import { F } from '../querysets/expression.js';
import { Count } from '../querysets/aggregate.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { Day, Membership, MEMBERSHIP_MODELS, Person, Team } from '../testing/membership.models.js';
import { atomic } from '../transactions/atomic.js';
import { modelDefinition } from './model-definition.js';
import { Model } from './model.decorator.js';
import { PlainModel } from './plain.model.js';

const DAYS = [
  { number: 2n ** 60n, day: '2026-02-28', kind: 'work' },
  { number: 2n ** 60n, day: '2026-03-01', kind: 'rest' },
  { number: -1n, day: '2026-03-01', kind: 'work' },
  { number: -1n, day: '2026-03-01', kind: 'rest' },
] as const;

describeEachDatabase(MEMBERSHIP_MODELS, (under) => {
  const world = async () => {
    const [ann, bob] = await Person.objects.bulkCreate([{ name: 'Ann' }, { name: 'Bob' }]);
    const [red, blue] = await Team.objects.bulkCreate([{ name: 'Red' }, { name: 'Blue' }]);
    if (!ann || !bob || !red || !blue) throw new Error('nobody is there');
    return { ann, bob, red, blue };
  };
  const inWorld = (work: (given: Awaited<ReturnType<typeof world>>) => Promise<void>) =>
    under.run(async () => work(await world()));
  const fresh = <T>(work: () => Promise<T>) => under.run(work);

  test('rows are made, found, changed and deleted by both fields', () =>
    inWorld(async ({ ann, bob, red }) => {
      const made = await Membership.objects.create({ person: ann, team: red, points: 1 });
      await Membership.objects.create({ person: bob, team: red, role: 'lead' });
      expect(await Membership.objects.get({ person: ann, team: red })).toBe(made);
      made.role = 'guest';
      await made.save();
      expect(made.version).toBe(2);
      await fresh(async () => {
        const read = await Membership.objects.get({ person: ann.id, team: red.id });
        expect(read).toMatchObject({ role: 'guest', points: 1, version: 2 });
        expect(read.toDict()).toMatchObject({ person: ann.id, team: red.id, role: 'guest' });
        await Membership.objects.filter({ person: ann }).update({ points: F('points').plus(1) });
        await read.refresh();
        expect(read.points).toBe(2);
        await read.refresh('role');
        await read.delete();
      });
      expect(await Membership.objects.pluck('role')).toEqual(['lead']);
      await expect(made.refresh()).rejects.toMatchObject({ code: 'ORM_DOES_NOT_EXIST' });
    }));

  test('the same key twice is refused, and so is half a key', () =>
    inWorld(async ({ ann, red }) => {
      await Membership.objects.create({ person: ann, team: red });
      await expect(Membership.objects.create({ person: ann, team: red })).rejects.toMatchObject({
        code: 'ORM_UNIQUE_VIOLATION',
        fields: expect.arrayContaining(['person', 'team']),
      });
      await expect(Membership.objects.create({ person: ann })).rejects.toMatchObject({
        code: 'ORM_NOT_NULL_VIOLATION',
        fields: ['team'],
      });
      await expect(Membership.objects.createRow({ team: red })).rejects.toMatchObject({ fields: ['person'] });
    }));

  test('a stored row keeps its key', () =>
    inWorld(async ({ ann, bob, red }) => {
      const made = await Membership.objects.create({ person: ann, team: red });
      const other = await Membership.objects.create({ person: bob, team: red });
      Reflect.set(made, 'person', bob);
      for (const write of [() => made.save(), () => made.delete()]) {
        await expect(write()).rejects.toMatchObject({ code: 'ORM_INVALID_VALUE', field: 'person' });
      }
      await other.refresh();
      expect(await Membership.objects.count()).toBe(2);
    }));

  test('a rollback takes the new row back, and makes a changed one changed again', () =>
    inWorld(async ({ ann, bob, red }) => {
      const kept = await Membership.objects.create({ person: bob, team: red });
      const made = new Membership();
      Object.assign(made, { person: ann, team: red });
      const failed = atomic(async () => {
        await made.save();
        kept.role = 'lead';
        await kept.save();
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      await made.save();
      await kept.save();
      expect(await Membership.objects.orderBy('person').pluck('role')).toEqual(['member', 'lead']);
    }));

  test('many rows are made, changed and merged by few statements', () =>
    inWorld(async ({ ann, bob, red, blue }) => {
      const rows = await Membership.objects.bulkCreate([
        { person: ann, team: red },
        { person: bob, team: red },
        { person: ann, team: blue },
      ]);
      for (const [index, row] of rows.entries()) row.points = index;
      await Membership.objects.bulkUpdate(rows, ['points']);
      expect(await Membership.objects.orderBy('points').pluck('points')).toEqual([0, 1, 2]);
      await expect(Membership.objects.bulkUpdate(rows, ['team'])).rejects.toMatchObject({ field: 'team' });
      const merged = [
        { person: ann, team: red, role: 'lead' },
        { person: bob, team: blue, role: 'lead' },
      ];
      await Membership.objects.bulkCreate(merged, { updateConflicts: { unique: ['person', 'team'] } });
      expect(await Membership.objects.filter({ role: 'lead' }).count()).toBe(2);
      await Membership.objects.bulkCreate([{ person: ann, team: red, role: 'none' }], { ignoreConflicts: true });
      expect(await Membership.objects.filter({ role: 'none' }).exists()).toBe(false);
      const [found, created] = await Membership.objects.updateOrCreate({ person: ann, team: red }, { role: 'chair' });
      expect([found.role, created]).toEqual(['chair', false]);
      expect(await Membership.objects.count()).toBe(4);
    }));

  test('writes to rows that are found through relations, with their answer', () =>
    inWorld(async ({ ann, bob, red, blue }) => {
      await Membership.objects.bulkCreate([
        { person: ann, team: red },
        { person: bob, team: red },
        { person: ann, team: blue },
      ]);
      const reds = Membership.objects.filter({ team__name: 'Red' });
      const changed = await reds.updateRows({ points: 5 }, { columns: ['person', 'points'] });
      expect(changed.map(({ points }) => points)).toEqual([5, 5]);
      expect(await Membership.objects.filter({ team__name: 'None' }).updateRows({ points: 6 })).toEqual([]);
      expect(await reds.filter({ person__name: 'Bob' }).delete()).toBe(1);
      expect(await Membership.objects.createRow({ person: bob, team: blue }, { columns: ['person', 'role'] })).toEqual({
        person: bob.id,
        role: 'member',
      });
      await bob.delete();
      expect(await Membership.objects.count()).toBe(2);
    }));

  test('lookups, prefetching and counts from the other side', () =>
    inWorld(async ({ ann, bob, red, blue }) => {
      await Membership.objects.bulkCreate([
        { person: ann, team: red, role: 'lead' },
        { person: ann, team: blue },
      ]);
      expect(await Person.objects.filter({ memberships__role: 'lead' }).pluck('name')).toEqual(['Ann']);
      expect(await Person.objects.filter({ memberships__isnull: true }).pluck('name')).toEqual(['Bob']);
      expect(() => Person.objects.where({ memberships: 1 })).toThrow(
        expect.objectContaining({ code: 'ORM_COMPOSITE_KEY' }),
      );
      const counted = await Person.objects
        .annotate({ n: Count('memberships') })
        .orderBy('name')
        .all();
      expect(counted.map((row) => Reflect.get(row, 'n') as unknown)).toEqual([2, 0]);
      await fresh(async () => {
        const [first, second] = await Person.objects.prefetchRelated('memberships__team').orderBy('name').all();
        const teams = first?.memberships.getItems().map(({ team }) => team.unwrap().name);
        expect(teams?.toSorted()).toEqual(['Blue', 'Red']);
        expect(second?.memberships.getItems()).toEqual([]);
        expect(bob.id).toBe(second?.id);
      });
      const joined = await fresh(() => Membership.objects.selectRelated('person').filter({ role: 'lead' }).get());
      expect(joined.person.unwrap().name).toBe('Ann');
    }));

  test('keys of values of every kind come back as they were, in their order, page by page', () =>
    under.run(async () => {
      await Day.objects.bulkCreate(DAYS);
      const sorted = [DAYS[3], DAYS[2], DAYS[0], DAYS[1]];
      expect(await fresh(() => Day.objects.reverse().reverse().values())).toEqual(sorted);
      const walked: object[] = [];
      await fresh(async () => {
        for await (const day of Day.objects.iterate({ pageSize: 1 })) walked.push(day.toDict());
      });
      expect(walked).toEqual(sorted);
      expect(await Day.objects.first()).toMatchObject(DAYS[3]);
      expect(await Day.objects.latest('day')).toMatchObject(DAYS[1]);
      await fresh(async () => {
        const day = await Day.objects.get(DAYS[0]);
        expect(await Day.objects.get(DAYS[0])).toBe(day);
        await day.delete();
      });
      expect(await Day.objects.count()).toBe(3);
      await expect(Day.objects.inBulk([1])).rejects.toMatchObject({ code: 'ORM_COMPOSITE_KEY' });
    }));

  test('fixtures hold the key among their fields', () =>
    inWorld(async ({ ann, red }) => {
      await Membership.objects.create({ person: ann, team: red, role: 'lead' });
      await Day.objects.bulkCreate(DAYS);
      const objects: FixtureObject[] = [];
      for await (const object of dumpData({ database: under.database })) objects.push(object);
      expect(objects.filter(({ model }) => model === 'Membership')).toEqual([
        { model: 'Membership', fields: expect.objectContaining({ person: ann.id, team: red.id, role: 'lead' }) },
      ]);
      await Membership.objects.update({ role: 'other' });
      await Day.objects.delete();
      await loadData(objects, { database: under.database });
      await loadData(objects, { database: under.database });
      expect(await Membership.objects.pluck('role')).toEqual(['lead']);
      expect(await Day.objects.count()).toBe(4);
      for (const wrong of [
        { model: 'Day', pk: 1, fields: {} },
        { model: 'Day', fields: { number: 1 } },
      ]) {
        await expect(loadData([wrong], { database: under.database })).rejects.toMatchObject({
          code: 'FIXTURE_INVALID',
        });
      }
    }));
});

describe('what a key of several fields cannot be', () => {
  const keyed = (primaryKey: readonly string[]) => () => {
    class Wrong extends PlainModel {
      @Field.foreignKey(() => Person) person!: Ref<Person>;
      @Field.string({ nullable: true }) label!: string | null;
      @Field.json() data!: unknown;
      @Field.integer() number!: number;
    }
    Model<object>({ primaryKey })(Wrong);
  };

  test.each([
    ['one field', ['person']],
    ['one field twice', ['person', 'person']],
    ['no field', ['person', 'nothing']],
    ['a field that may be empty', ['person', 'label']],
    ['a field of a kind that databases compare differently', ['person', 'data']],
  ])('%s', (_what, primaryKey) => {
    expect(keyed(primaryKey)).toThrow(expect.objectContaining({ code: 'ORM_INVALID_MODEL' }));
    expect(keyed(['person', 'number'])).not.toThrow();
  });

  test('something that relations lead to', async () => {
    @Model()
    class Note extends PlainModel {
      @Field.pk() id!: number;
      @Field.foreignKey(() => Membership) membership!: Ref<Membership>;
    }
    await expect(openDatabase([Note], resolveCoreOrmOptions({ url: 'sqlite://:memory:' }))).rejects.toMatchObject({
      code: 'ORM_INVALID_MODEL',
      message: 'Note.membership needs Membership to have a key of one value.',
    });
  });

  test('asked for as one value', () => {
    expect(() => modelDefinition(Membership).primaryKey).toThrow(
      expect.objectContaining({ code: 'ORM_COMPOSITE_KEY', keys: ['team', 'person'] }),
    );
  });
});
