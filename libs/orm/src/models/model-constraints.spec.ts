import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Ref } from '@mikro-orm/core';
import { clientAnswerOf } from '@core-framework/common';
import { CheckViolationError, TooLongForIndexError, UniqueViolationError } from '../errors/orm.errors.js';
import { openDatabase } from '../context/open-database.js';
import { runInContext } from '../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../core-orm.options.js';
import { Field } from '../fields/field.decorator.js';
import { F } from '../querysets/expression.js';
import type { Manager } from '../querysets/manager.js';
import { Q } from '../querysets/q.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { createScratchDatabase, wantedDatabases } from '../testing/scratch-database.js';
import { BaseModel } from './base.model.js';
import { checksOf } from './model-constraints.js';
import { modelDefinition } from './model-definition.js';
import { Model } from './model.decorator.js';

@Model({ ordering: ['name'], comment: 'Where tasks are' })
class Board extends BaseModel {
  declare static readonly objects: Manager<Board>;
  @Field.string() name!: string;
}

@Model({
  tableName: 'board_tasks',
  unique: [['board', 'title']],
  indexes: [{ fields: ['board', 'points'], name: 'tasks_by_points', where: Q({ isOpen: true }) }],
  checks: {
    points_range: Q({ points__range: [0, 100] }),
    ends_after_start: Q({ endsOn__gte: F('startsOn') }).or(Q({ endsOn: null })),
  },
  ordering: ['board__name', '-points'],
})
class Task extends BaseModel {
  declare static readonly objects: Manager<Task>;
  @Field.foreignKey(() => Board, { onDelete: 'cascade' }) board!: Ref<Board>;
  @Field.string() title!: string;
  @Field.string({ default: '' }) owner = '';
  @Field.boolean({ default: true }) isOpen = true;
  @Field.integer({ default: 0 }) points = 0;
  @Field.date({ default: '2026-01-01' }) startsOn!: string;
  @Field.date({ nullable: true }) endsOn?: string | null;
}

@Model({ unique: [{ fields: ['board', 'owner'], name: 'one_open_chore', where: Q({ isOpen: true }) }] })
class Chore extends BaseModel {
  declare static readonly objects: Manager<Chore>;
  @Field.foreignKey(() => Board, { onDelete: 'cascade' }) board!: Ref<Board>;
  @Field.string() owner!: string;
  @Field.boolean() isOpen!: boolean;
}

@Model()
class Memo extends BaseModel {
  declare static readonly objects: Manager<Memo>;
  @Field.text({ unique: true }) body!: string;
  @Field.text({ default: '' }) note = '';
}

describe('the definition of a model', () => {
  test('has its constraints, those of all rows apart', () => {
    expect(modelDefinition(Task)).toMatchObject({
      uniqueTogether: [['board', 'title']],
      indexes: [
        { fields: ['board', 'title'], unique: true },
        { fields: ['board', 'points'], unique: false, name: 'tasks_by_points' },
      ],
      ordering: ['board__name', '-points'],
    });
    expect(Object.keys(modelDefinition(Task).checks)).toEqual(['points_range', 'ends_after_start']);
    expect(checksOf(modelDefinition(Task))).toEqual({
      points_range: {
        and: [
          { column: 'points', gte: 0 },
          { column: 'points', lte: 100 },
        ],
      },
      ends_after_start: {
        or: [
          { column: 'ends_on', gte: { column: 'starts_on' } },
          { column: 'ends_on', isNull: true },
        ],
      },
    });
  });

  test.each([
    ['other rows', Q({ board__name: 'x' }), /leads to other rows/],
    ['comparisons that differ', Q({ title__icontains: 'x' }), /databases do differently/],
    ['values that are written differently', Q({ createdAt__gt: new Date(0) }), /write differently/],
    ['columns of other rows', Q({ title: F('board__name') }), /columns of other rows/],
    ['fields that are none', Q({ nothing: 1 }), /"nothing", which is not a field/],
  ])('refuses rules about %s', (_what, rule, problem) => {
    expect(() => checksOf({ ...modelDefinition(Task), checks: { wrong: rule } })).toThrow(problem);
  });
});

test('options that name no field do not compile, and throw', () => {
  const wrong: (() => unknown)[] = [
    () => {
      // @ts-expect-error -- there is no field "titel"
      @Model({ unique: [['titel']] })
      class Wrong extends BaseModel {
        @Field.string() title!: string;
      }
      return Wrong;
    },
    () => {
      // @ts-expect-error -- there is no field "titel"
      @Model({ indexes: [{ fields: ['titel'], name: 'x' }] })
      class Wrong extends BaseModel {
        @Field.string() title!: string;
      }
      return Wrong;
    },
    () => {
      // @ts-expect-error -- there is no field "titel"
      @Model({ ordering: ['-titel'] })
      class Wrong extends BaseModel {
        @Field.string() title!: string;
      }
      return Wrong;
    },
    () => {
      // @ts-expect-error -- "title" is no number
      @Model({ checks: { long: Q({ title__gt: 3 }) } })
      class Wrong extends BaseModel {
        @Field.string() title!: string;
      }
      return checksOf(modelDefinition(Wrong));
    },
  ];
  wrong.push(() => {
    // @ts-expect-error -- there is no such option
    @Model({ titel: 'posts' })
    class Wrong extends BaseModel {}
    return Wrong;
  });
  for (const declare of wrong) expect(declare).toThrow(/titel|title__gt/);
});

describeEachDatabase([Board, Task, Memo], ({ dialect, run }) => {
  const failureOf = (work: () => Promise<unknown>) =>
    run(() =>
      work().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );

  test('a row that breaks a rule is refused by the rule’s name', async () => {
    const error = await failureOf(async () => {
      const board = await Board.objects.create({ name: 'a' });
      await Task.objects.create({ board, title: 'x', points: 101 });
    });
    expect(error).toBeInstanceOf(CheckViolationError);
    expect(error).toMatchObject({ model: 'Task', constraint: 'points_range' });
    expect(clientAnswerOf(error)).toMatchObject({
      status: 400,
      errors: { nonFieldErrors: [{ code: 'check', message: 'The rule "points_range" is not met.' }] },
    });
  });

  test.each([6000, 30_000])(
    'a text of %p letters is kept, or refused where it is too long for its index',
    async (letters) => {
      const long = randomBytes(letters / 2).toString('hex');
      const failures = [
        await failureOf(() => Memo.objects.create({ body: long, note: long })),
        await failureOf(() => Memo.objects.bulkCreate([{ body: 'a' }, { body: `${long}b`, note: long }])),
      ];
      if (dialect !== 'postgresql') return expect(failures).toEqual([undefined, undefined]);
      for (const error of failures) {
        expect(error).toBeInstanceOf(TooLongForIndexError);
        expect(error).toMatchObject({ model: 'Memo', fields: ['body'] });
        expect(clientAnswerOf(error)).toMatchObject({ status: 400, errors: { body: [{ code: 'too_long' }] } });
      }
      expect(await failureOf(() => Memo.objects.create({ body: 'b', note: long }))).toBeUndefined();
    },
  );

  test('rules compare columns, and hold for changes by update', async () => {
    const error = await failureOf(async () => {
      const board = await Board.objects.create({ name: 'a' });
      await Task.objects.create({ board, title: 'x', startsOn: '2026-05-01', endsOn: '2026-05-02' });
      await Task.objects.update({ endsOn: '2026-04-30' });
    });
    expect(error).toMatchObject({ constraint: 'ends_after_start' });
  });

  test('a clash in several fields names all of them', async () => {
    const error = await failureOf(async () => {
      const board = await Board.objects.create({ name: 'a' });
      await Task.objects.create({ board, title: 'x', owner: 'ann' });
      await Task.objects.create({ board, title: 'x', owner: 'bob' });
    });
    expect(error).toBeInstanceOf(UniqueViolationError);
    expect(error).toMatchObject({ fields: ['board', 'title'] });
  });

  test('rows come in the order of the model until a query gives one or asks for none', () =>
    run(async () => {
      const [b, a] = [await Board.objects.create({ name: 'b' }), await Board.objects.create({ name: 'a' })];
      for (const [board, title, points] of [
        [b, 'b1', 1],
        [b, 'b2', 2],
        [a, 'a1', 1],
      ] as const)
        await Task.objects.create({ board, title, points, owner: title });
      const titles = (rows: readonly (readonly unknown[])[]) => rows.map(([title]) => title).join(' ');
      expect(Task.objects.ordering).toEqual(['board__name', '-points']);
      expect(titles(await Task.objects.valuesList('title'))).toBe('a1 b2 b1');
      expect(titles(await Task.objects.filter({ points: 1 }).valuesList('title'))).toBe('a1 b1');
      expect(titles(await Task.objects.orderBy('title').valuesList('title'))).toBe('a1 b1 b2');
      expect((await Task.objects.first())?.title).toBe('a1');
      expect((await Task.objects.last())?.title).toBe('b1');
      expect(Task.objects.orderBy().ordering).toEqual([]);
      expect(Task.objects.orderBy().toSql().sql).not.toContain('order by');
      expect(await Task.objects.count()).toBe(3);
      expect(titles(await Task.objects.distinct().orderBy('points').valuesList('points'))).toBe('1 2');
      expect(titles(await Task.objects.distinct().valuesList('owner'))).toHaveLength(8);
      for await (const task of Task.objects.iterate()) expect(task.points).toBeGreaterThan(0);
    }));
});

test.each(wantedDatabases())(
  'values that are unique among some rows may repeat among the others, where the database knows such rules (%s)',
  async (kind) => {
    const scratch = await createScratchDatabase(kind, 'orm_part');
    if (!scratch) return;
    try {
      const opened = openDatabase([Board, Chore], resolveCoreOrmOptions({ url: scratch.url, schema: 'update' }));
      if (kind === 'mariadb' || kind === 'mysql') {
        await expect(opened).rejects.toMatchObject({ code: 'MIGRATION_STATE' });
        return;
      }
      const database = await opened;
      const work = async () => {
        const board = await Board.objects.create({ name: 'a' });
        const add = (isOpen: boolean) => Chore.objects.create({ board, owner: 'ann', isOpen });
        await add(false);
        await add(false);
        await add(true);
        await expect(add(true)).rejects.toMatchObject({ code: 'ORM_UNIQUE_VIOLATION', fields: ['board', 'owner'] });
        expect(await Chore.objects.count()).toBe(3);
      };
      await runInContext(work, { database });
      await database.close();
    } finally {
      await scratch.drop();
    }
  },
);
