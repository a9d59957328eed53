import { types } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import type { Database } from './context/database.js';
import { loadData } from './fixtures/load-data.js';
import { dumpData } from './fixtures/dump-data.js';
import { Avg, Count, Max, Min, Sum } from './querysets/aggregate.js';
import { F } from './querysets/expression.js';
import { FullText } from './querysets/full-text.js';
import { GroupedQuery } from './querysets/grouped-query.js';
import { createManager, Manager } from './querysets/manager.js';
import { Q } from './querysets/q.js';
import { QuerySet } from './querysets/query-set.js';
import { ModelRepository } from './repositories/repository.js';
import { ModelService } from './services/service.js';
import { BLOG_MODELS, Post, Tag, User } from './testing/blog.models.js';
import { describeEachDatabase } from './testing/each-database.js';
import { describeHostile, HOSTILE, type HostileKind } from './testing/hostile-values.js';
import { Folder, SOFT_DELETION_MODELS } from './testing/soft-deletion.models.js';
import * as transactions from './transactions/atomic.js';

/** Methods of which the compiler knows nothing. */
type Untyped = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** What the calls are made on; stored rows, untyped: the compiler refuses all that is tried here. */
interface World {
  readonly posts: Untyped;
  readonly post: Record<string, unknown> &
    Record<'save' | 'refresh' | 'delete', (...args: unknown[]) => Promise<unknown>>;
  readonly author: User;
  readonly repository: Untyped;
  readonly service: Untyped;
  readonly database: Database;
}

type Call = readonly [kind: HostileKind, call: (world: World, value: unknown) => unknown];
/** By method: every way to hand something over; empty for one that takes nothing. */
type Table = Readonly<Record<string, readonly Call[]>>;

/** Columns of every type, with what does not belong into them. */
const COLUMNS: readonly (readonly [string, HostileKind])[] = [
  ['title', 'text'],
  ['viewsCount', 'integer'],
  ['bytes', 'bigInteger'],
  ['rating', 'float'],
  ['price', 'decimal'],
  ['isPublished', 'boolean'],
  ['publishedAt', 'datetime'],
  ['day', 'date'],
  ['hour', 'time'],
  ['token', 'uuid'],
  ['state', 'choice'],
  ['author', 'row'],
];
const WRITTEN = [...COLUMNS, ['meta', 'json']] as const;
/** What is no row, MikroORM's own setters refuse. */
const WRITTEN_ON_INSTANCES = WRITTEN.filter(([column]) => column !== 'author');

const allOf = (rows: unknown) => (rows as QuerySet<Post>).all();

async function collected(rows: unknown): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const row of rows as AsyncIterable<unknown>) found.push(row);
  return found;
}

/** Hands a call the lookups, or the values, that each column makes of a hostile value. */
function lookups(call: (world: World, given: unknown) => unknown): readonly Call[] {
  return [
    ['record', call],
    ...COLUMNS.map(([column, kind]): Call => [kind, (world, value) => call(world, { [column]: value })]),
    ['integer', (world, value) => call(world, { viewsCount__gte: value })],
    ['integer', (world, value) => call(world, { viewsCount__in: [1, value] })],
    ['list', (world, value) => call(world, { viewsCount__range: value })],
    ['text', (world, value) => call(world, { title__icontains: value })],
    ['text', (world, value) => call(world, { comments__body: value })],
    ['text', (world, value) => call(world, { author__country__code: value })],
    ['count', (world, value) => call(world, { createdAt__year: value })],
    ['key', (world, value) => call(world, { [value as string]: 1 })],
    ['key', (world, value) => call(world, { [`comments__${String(value)}`]: 1 })],
    ['key', (world, value) => call(world, { [`title__${String(value)}`]: 'x' })],
    ['text', (world) => call(world, { title: undefined })],
    ['name', (world, value) => call(world, { viewsCount: F(value as string) })],
  ];
}

function values(call: (world: World, given: unknown) => unknown): readonly Call[] {
  return [
    ['record', call],
    ...WRITTEN.map(([column, kind]): Call => [
      kind,
      ({ ...world }, value) => call(world, { ...fresh(world), [column]: value }),
    ]),
    ['key', (world, value) => call(world, { ...fresh(world), [value as string]: 'x' })],
    // One character more than the column takes.
    ['boolean', (world) => call(world, { ...fresh(world), title: '\u{1f600}'.repeat(201) })],
    ['boolean', (world) => call(world, { ...fresh(world), title: null })],
    ['boolean', (world) => call(world, { ...fresh(world), price: '123456789012.00' })],
  ];
}

const fresh = ({ author }: World) => ({ title: 'Another', author });
const names = (method: string): readonly Call[] => [['name', ({ posts }, value) => posts[method]?.(value)]];
const counted = (method: string): readonly Call[] => [['count', ({ posts }, value) => posts[method]?.(value)]];
const conditions = (method: string): readonly Call[] => [
  ...lookups(({ posts }, given) => allOf(posts[method]?.(given))),
  ...lookups(({ posts }, given) => posts[method]?.(Q(given as never))),
  ...lookups(({ posts }, given) => posts[method]?.(Q({ title: 'x' }).or(Q(given as never).not()))),
  ['record', ({ posts }, given) => posts[method]?.(Q({ title: 'x' }).and(given as never))],
  ['text', ({ posts }, text) => posts[method]?.(FullText(['title'], text as never))],
  ['list', ({ posts }, columns) => posts[method]?.(FullText(columns as never, 'x'))],
  ['name', ({ posts }, column) => posts[method]?.(FullText([column as never], 'x'))],
];
const aggregates = (call: (world: World, given: unknown) => unknown): readonly Call[] => [
  ['record', call],
  ['key', (world, value) => call(world, { [value as string]: Count() })],
  ['text', (world, value) => call(world, { n: value })],
  ...[Sum, Avg, Min, Max].map((make): Call => ['name', (world, value) => call(world, { n: make(value as string) })]),
];
const links: readonly Call[] = [['row', ({ posts, post }, value) => posts.setLinks?.('tags', value, [post.id])]];

const QUERY_SET: Table = {
  all: [],
  count: [],
  exists: [],
  first: [],
  last: [],
  none: [],
  reverse: [],
  distinct: [],
  toSql: [],
  isWrittenAtOnce: [],
  explain: [],
  withDeleted: [],
  onlyDeleted: [],
  delete: [],
  softDelete: [],
  restore: [],
  filter: conditions('filter'),
  exclude: conditions('exclude'),
  where: conditions('where'),
  get: lookups(({ posts }, given) => posts.get?.(given)),
  getOrNull: lookups(({ posts }, given) => posts.getOrNull?.(given)),
  orderBy: names('orderBy'),
  only: names('only'),
  defer: names('defer'),
  selectRelated: names('selectRelated'),
  prefetchRelated: names('prefetchRelated'),
  earliest: names('earliest'),
  latest: names('latest'),
  values: names('values'),
  valuesList: names('valuesList'),
  pluck: names('pluck'),
  groupBy: names('groupBy'),
  limit: counted('limit'),
  offset: counted('offset'),
  using: [['name', ({ posts }, value) => allOf(posts.using?.(value))]],
  rows: [
    ['options', ({ posts }, value) => posts.rows?.(value)],
    ['name', ({ posts }, value) => posts.rows?.({ columns: [value] })],
    ['options', ({ posts }, value) => posts.rows?.({ columns: value })],
  ],
  iterate: [
    ['options', ({ posts }, value) => collected(posts.iterate?.(value))],
    ['count', ({ posts }, pageSize) => collected(posts.iterate?.({ pageSize }))],
  ],
  estimatedCount: [['options', ({ posts }, value) => posts.estimatedCount?.(value)]],
  selectForUpdate: [['options', ({ posts }, value) => allOf(posts.selectForUpdate?.(value))]],
  inBulk: [
    ['list', ({ posts }, value) => posts.inBulk?.(value)],
    ['row', ({ posts }, value) => posts.inBulk?.([1, value])],
  ],
  aggregate: [
    ...aggregates(({ posts }, given) => posts.aggregate?.(given)),
    ...lookups(({ posts }, given) => posts.aggregate?.({ n: Count({ filter: Q(given as never) }) })),
    ['text', ({ posts }, filter) => posts.aggregate?.({ n: Count({ filter: filter as never }) })],
  ],
  annotate: aggregates(({ posts }, given) => posts.annotate?.(given)),
  create: values(({ posts }, given) => posts.create?.(given)),
  createRow: [
    ...values(({ posts }, given) => posts.createRow?.(given)),
    ['options', ({ posts, ...world }, value) => posts.createRow?.(fresh(world as World), value)],
    ['name', ({ posts, ...world }, value) => posts.createRow?.(fresh(world as World), { columns: [value] })],
  ],
  bulkCreate: [
    ['list', ({ posts }, value) => posts.bulkCreate?.(value)],
    ...values(({ posts }, given) => posts.bulkCreate?.([given])),
    ...values(({ posts }, given) => posts.bulkCreate?.([given], { ignoreConflicts: true })),
    ['options', ({ posts, ...world }, value) => posts.bulkCreate?.([fresh(world as World)], value)],
    [
      'options',
      ({ posts, ...world }, value) => posts.bulkCreate?.([fresh(world as World)], { updateConflicts: value }),
    ],
    [
      'name',
      ({ posts, ...world }, value) =>
        posts.bulkCreate?.([fresh(world as World)], { updateConflicts: { unique: [value] } }),
    ],
    [
      'name',
      ({ posts, ...world }, value) =>
        posts.bulkCreate?.([fresh(world as World)], { updateConflicts: { unique: ['slug'], update: [value] } }),
    ],
  ],
  bulkUpdate: [
    ['list', ({ posts }, value) => posts.bulkUpdate?.(value, ['title'])],
    ['row', ({ posts }, value) => posts.bulkUpdate?.([value], ['title'])],
    ['list', ({ posts, post }, value) => posts.bulkUpdate?.([post], value)],
    ['name', ({ posts, post }, value) => posts.bulkUpdate?.([post], [value])],
    ...WRITTEN_ON_INSTANCES.map(([column, kind]): Call => [
      kind,
      ({ posts, post }, value) => posts.bulkUpdate?.([Object.assign(post, { [column]: value })], [column]),
    ]),
  ],
  getOrCreate: [
    ...values(({ posts }, given) => posts.getOrCreate?.(given)),
    ...values(({ posts }, given) => posts.getOrCreate?.({ slug: 'none' }, given === undefined ? null : given)),
    ['text', ({ posts }) => posts.getOrCreate?.({ title: undefined })],
  ],
  updateOrCreate: values(({ posts }, given) => posts.updateOrCreate?.({ slug: 'none' }, given)),
  update: [
    ...values(({ posts }, given) => posts.update?.(given)),
    ['name', ({ posts }, value) => posts.update?.({ viewsCount: F(value as string).plus(1) })],
    [
      'list',
      ({ posts }, value) =>
        value === 5 ? notGiven() : posts.update?.({ viewsCount: F('viewsCount').plus(value as never) }),
    ],
    ['boolean', ({ posts }) => posts.update?.({ viewsCount: F('viewsCount').times(Number('1e400')) })],
  ],
  updateRows: [
    ...values(({ posts }, given) => posts.updateRows?.(given)),
    ['options', ({ posts }, value) => posts.updateRows?.({ title: 'x' }, value)],
    ['name', ({ posts }, value) => posts.updateRows?.({ title: 'x' }, { columns: [value] })],
  ],
  links: [
    ['options', ({ posts }, value) => posts.links?.('tags', [1], value)],
    ['name', ({ posts }, value) => posts.links?.(value, [1])],
    ['list', ({ posts }, value) => posts.links?.('tags', value)],
    ['row', ({ posts }, value) => posts.links?.('tags', [1, value])],
  ],
  setLinks: [
    ...links,
    ['name', ({ posts }, value) => posts.setLinks?.(value, 1, [1])],
    ['list', ({ posts }, value) => posts.setLinks?.('tags', 1, value)],
    ['row', ({ posts }, value) => posts.setLinks?.('tags', 1, [value])],
  ],
  removeLinks: [
    ['name', ({ posts }, value) => posts.removeLinks?.(value, 1, [1])],
    ['row', ({ posts }, value) => posts.removeLinks?.('tags', value, [1])],
    ['list', ({ posts }, value) => posts.removeLinks?.('tags', 1, value)],
    ['row', ({ posts }, value) => posts.removeLinks?.('tags', 1, [value])],
  ],
  addLinks: [
    ['name', ({ posts }, value) => posts.addLinks?.(value, [[1, 1]])],
    ['list', ({ posts }, value) => posts.addLinks?.('tags', value)],
    ['list', ({ posts }, value) => posts.addLinks?.('tags', [value])],
    ['row', ({ posts }, value) => posts.addLinks?.('tags', [[value, 1]])],
    ['row', ({ posts }, value) => posts.addLinks?.('tags', [[1, value]])],
  ],
};

const MANAGER: Table = { entityManager: [], atomic: [['call', ({ posts }, value) => posts.atomic?.(value)]] };

const grouped = ({ posts }: World) => {
  const groups = posts.groupBy?.('author') as GroupedQuery<Post, object>;
  return groups.annotate({ n: Count() }) as unknown as Untyped;
};

const GROUPED_QUERY: Table = {
  all: [],
  first: [],
  count: [],
  annotate: aggregates((world, given) => grouped(world).annotate?.(given)),
  filter: [
    ['record', (world, given) => grouped(world).filter?.(given)],
    ['float', (world, value) => grouped(world).filter?.({ n__gt: value })],
    ['key', (world, value) => grouped(world).filter?.({ [value as string]: 1 })],
    ['key', (world, value) => grouped(world).filter?.(Q({ [`n__${String(value)}`]: 1 }) as never)],
  ],
  orderBy: [['name', (world, value) => grouped(world).orderBy?.(value)]],
  limit: [['count', (world, value) => grouped(world).limit?.(value)]],
  offset: [['count', (world, value) => grouped(world).offset?.(value)]],
};

const INSTANCES: Table = {
  save: [
    ['options', ({ post }, value) => post.save(value)],
    ['list', ({ post }, value) => (value === undefined ? notGiven() : post.save({ only: value }))],
    ['name', ({ post }, value) => post.save({ only: [value] })],
    ...WRITTEN_ON_INSTANCES.map(([column, kind]): Call => [
      kind,
      ({ post }, value) => Object.assign(post, { [column]: value }).save(),
    ]),
    ...WRITTEN_ON_INSTANCES.map(([column, kind]): Call => [
      kind,
      ({ author }, value) => Object.assign(new Post(), { title: 'New', author, [column]: value }).save(),
    ]),
    ['row', ({ post }, id) => Object.assign(post, { id, title: 'Changed' }).save()],
  ],
  delete: [['row', ({ post }, id) => Object.assign(post, { id }).delete()]],
  refresh: [
    ['name', ({ post }, value) => post.refresh(value)],
    ['row', ({ post }, id) => Object.assign(post, { id }).refresh()],
  ],
  touch: [],
  toDict: [],
  softDelete: [],
  restore: [],
};

const REPOSITORY: Table = {
  query: [],
  all: [],
  filter: lookups(({ repository }, given) => repository.filter?.(given)),
  findBy: lookups(({ repository }, given) => repository.findBy?.(given)),
  findOneBy: lookups(({ repository }, given) => repository.findOneBy?.(given)),
  exists: lookups(({ repository }, given) => repository.exists?.(given)),
  count: lookups(({ repository }, given) => repository.count?.(given)),
  get: [['row', ({ repository }, id) => repository.get?.(id)]],
  getById: [['row', ({ repository }, id) => repository.getById?.(id)]],
  getMulti: [
    ['options', ({ repository }, value) => repository.getMulti?.(value)],
    ['count', ({ repository }, skip) => repository.getMulti?.({ skip })],
    ['count', ({ repository }, limit) => repository.getMulti?.({ limit })],
  ],
  paginate: [
    ['options', ({ repository }, value) => repository.paginate?.(value)],
    ['count', ({ repository }, page) => repository.paginate?.({ page })],
    ['count', ({ repository }, perPage) => repository.paginate?.({ perPage })],
  ],
  create: values(({ repository }, given) => repository.create?.(given)),
  createMany: [
    ['list', ({ repository }, value) => repository.createMany?.(value)],
    ...values(({ repository }, given) => repository.createMany?.([given])),
  ],
  update: [
    ['row', ({ repository }, id) => repository.update?.(id, { title: 'x' })],
    ...values(({ repository, post }, given) => repository.update?.(post.id, given)),
  ],
  write: values(({ repository, post }, given) => repository.write?.(post, given)),
  updateMany: [
    ...lookups(({ repository }, given) => repository.updateMany?.(given, { title: 'x' })),
    ...values(({ repository }, given) => repository.updateMany?.({ title: 'x' }, given)),
  ],
  delete: [['row', ({ repository }, id) => repository.delete?.(id)]],
  deleteMany: lookups(({ repository }, given) => repository.deleteMany?.(given)),
  softDelete: [['row', ({ repository }, id) => repository.softDelete?.(id)]],
  restore: [['row', ({ repository }, id) => repository.restore?.(id)]],
};

const SERVICE: Table = {
  get: [['row', ({ service }, id) => service.get?.(id)]],
  getById: [['row', ({ service }, id) => service.getById?.(id)]],
  getMulti: [['count', ({ service }, skip) => service.getMulti?.({ skip })]],
  paginate: [['count', ({ service }, page) => service.paginate?.({ page })]],
  exists: lookups(({ service }, given) => service.exists?.(given)),
  count: lookups(({ service }, given) => service.count?.(given)),
  create: values(({ service }, given) => service.create?.(given)),
  createMany: values(({ service }, given) => service.createMany?.([given])),
  update: values(({ service, post }, given) => service.update?.(post.id, given)),
  delete: [['row', ({ service }, id) => service.delete?.(id)]],
  softDelete: [['row', ({ service }, id) => service.softDelete?.(id)]],
  restore: [['row', ({ service }, id) => service.restore?.(id)]],
};

const TRANSACTIONS: Table = {
  atomic: [
    ['call', (_world, value) => transactions.atomic(value as never)],
    ['options', (_world, value) => transactions.atomic(async () => 1, value as never)],
    [
      'text',
      (_world, isolationLevel) => transactions.atomic(async () => 1, { isolationLevel: isolationLevel as never }),
    ],
    [
      'name',
      (_world, connection) =>
        connection === undefined ? notGiven() : transactions.atomic(async () => 1, { connection: connection as never }),
    ],
    ['count', (_world, retries) => transactions.atomic(async () => 1, { retries: retries as never })],
  ],
  onCommit: [['call', (_world, value) => transactions.onCommit(value as never)]],
  onRollback: [['call', (_world, value) => transactions.onRollback(value as never)]],
};

const FIXTURES: Table = {
  loadData: [
    [
      'options',
      (_world, value) =>
        Array.isArray(value) || (!types.isProxy(value) && value instanceof Map) ? notGiven() : loadData(value as never),
    ],
    // Promises among them are awaited, which asks a proxy for `then`.
    ['record', (_world, value) => (types.isProxy(value) ? notGiven() : loadData([value]))],
    ['record', (_world, fields) => loadData([{ model: 'Post', pk: 1, fields }])],
    ['name', (_world, model) => loadData([{ model, pk: 1, fields: {} }])],
    ['key', (_world, name) => loadData([{ model: 'Tag', pk: 1, fields: { [name as string]: 1 } }])],
    ['row', (_world, pk) => loadData([{ model: 'Tag', pk, fields: { name: 'x' } }])],
    ['text', (_world, name) => loadData([{ model: 'Tag', pk: 1, fields: { name } }])],
  ],
  dumpData: [
    ['options', (_world, value) => collected(dumpData(value as never))],
    ['record', (_world, model) => collected(dumpData({ models: [model as never] }))],
  ],
};

const notGiven = () => {
  throw new CodedStandIn();
};
class CodedStandIn extends CoreError {
  readonly code = 'NOT_GIVEN';
  constructor() {
    super('This value means that nothing was given.');
  }
}

/** Known to the compiler as protected; at run time methods like any other. */
const PROTECTED = new Set([
  'derive',
  'with',
  'and',
  'asked',
  'withDeletion',
  'refuseSlice',
  'runner',
  'paths',
  'checkedCount',
  'runAtomic',
  'beforeCreate',
  'afterCreate',
  'beforeUpdate',
  'afterUpdate',
  'beforeDelete',
  'afterDelete',
]);

/** The public methods of a class and of those that it extends, up to `end`. */
function methodsOf(type: abstract new (...args: never[]) => object, end: object = Object.prototype): string[] {
  const found: string[] = [];
  for (let proto: object = type.prototype; proto !== end; proto = Object.getPrototypeOf(proto)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (typeof value === 'function' && name !== 'constructor' && !PROTECTED.has(name)) found.push(name);
    }
  }
  return found;
}

const functionsOf = (module: object) =>
  Object.entries(module).flatMap(([name, value]) =>
    typeof value === 'function' && !PROTECTED.has(name) ? [name] : [],
  );

const SUBJECTS: readonly (readonly [string, Table, readonly string[]])[] = [
  ['QuerySet', QUERY_SET, methodsOf(QuerySet)],
  ['Manager', MANAGER, methodsOf(Manager, QuerySet.prototype)],
  ['GroupedQuery', GROUPED_QUERY, methodsOf(GroupedQuery)],
  ['instances', INSTANCES, methodsOf(Folder)],
  ['Repository', REPOSITORY, methodsOf(ModelRepository)],
  ['Service', SERVICE, methodsOf(ModelService).filter((name) => name !== 'atomic')],
  ['transactions', TRANSACTIONS, functionsOf(transactions)],
  ['fixtures', FIXTURES, functionsOf({ loadData, dumpData })],
];

test.each(SUBJECTS)('every public method of %s is in the table', (_name, table, methods) => {
  expect(Object.keys(table).sort()).toEqual([...new Set(methods)].sort());
});

/** Only the transaction that was opened before anybody knew, and what it took back. */
const AROUND = /^(?:begin|rollback|commit|savepoint|release|start transaction|set )/i;

describeEachDatabase([...BLOG_MODELS, ...SOFT_DELETION_MODELS], (under) => {
  async function worldOf(): Promise<World> {
    const author = await User.objects.create({ email: 'a@example.com' });
    const post: unknown = await Post.objects.create({ title: 'Stored', author });
    const repository = new (class extends ModelRepository<Post> {
      override readonly objects = createManager(Post);
    })();
    const service = new (class extends ModelService<Post> {
      override readonly repository = repository;
    })();
    const world: unknown = {
      posts: Post.objects,
      post,
      author,
      repository,
      service,
      database: under.database,
    };
    return world as World;
  }

  /** What went wrong: calls that were not refused, refused without a code, or only once SQL had been sent. */
  async function failuresOf(calls: readonly Call[], isAllowed: (sql: string) => boolean): Promise<string[]> {
    const failures: string[] = [];
    for (const [index, [kind, call]] of calls.entries()) {
      const world = await under.run(worldOf);
      for (const value of HOSTILE[kind]) {
        const sent: string[] = [];
        const end = under.database.observe((sql) => isAllowed(sql) || sent.push(sql));
        const error: unknown = await under
          .run(async () => await call(world, value))
          .then(
            (result) => new Error(`answers ${String(result)}`),
            (thrown: unknown) => thrown,
          );
        end();
        const refused = error instanceof CoreError && sent.length === 0;
        if (!refused)
          failures.push(`call ${index}, ${kind} ${describeHostile(value)}: ${String(error)}; ${sent.join()}`);
      }
      await under.run(async () => {
        await Post.objects.delete();
        await User.objects.delete();
      });
    }
    return failures;
  }

  describe.each(SUBJECTS)('%s', (name, table) => {
    const taking = Object.entries(table).filter(([, calls]) => calls.length > 0);
    // A service's hooks may still change what it was given, and fixtures are read one by one: both inside a transaction.
    const late = name === 'Service' || name === 'fixtures';
    const reads = name === 'Service' ? /^select\b/i : /^$/;
    test.each(taking)('%s refuses hostile values before any SQL', async (_method, calls) => {
      expect(await failuresOf(calls, (sql) => late && (AROUND.test(sql) || reads.test(sql)))).toEqual([]);
    });
  });

  test('`undefined` asks for nothing, least of all for empty columns', async () => {
    await under.run(async () => {
      await worldOf();
      const nothing = { title: undefined };
      for (const call of [() => Post.objects.where(nothing), () => Post.objects.exclude(nothing as never)]) {
        expect(call).toThrow(expect.objectContaining({ code: 'ORM_INVALID_LOOKUP' }));
      }
      expect(await Post.objects.update({ title: 'x', editor: undefined })).toBe(1);
      await expect(Post.objects.get(undefined as never)).rejects.toMatchObject({ code: 'ORM_INVALID_LOOKUP' });
    });
  });

  test('what is inherited is neither looked up nor stored', async () => {
    const { prototype } = Object;
    Object.assign(prototype, { isPublished: true, title__icontains: 'zzz', slug: 'polluted' });
    try {
      await under.run(async () => {
        const { author } = await worldOf();
        expect(await Post.objects.where({}).count()).toBe(1);
        expect(await Post.objects.createRow({ title: 'x', author }, { columns: ['isPublished'] })).toEqual(
          expect.objectContaining({ isPublished: false }),
        );
        await Tag.objects.create(Object.create({ id: 7 }, { name: { value: 'own', enumerable: true } }));
        expect(await Tag.objects.filter({ id: 7 }).exists()).toBe(false);
      });
    } finally {
      for (const key of ['isPublished', 'title__icontains', 'slug']) Reflect.deleteProperty(prototype, key);
    }
  });
});
