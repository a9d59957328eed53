import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BaseModel, Field, type Manager, Model, Q } from '@core-framework/orm';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { IsOwner } from '../permissions/parameterised.permissions.js';
import { Permission } from '../permissions/permission.js';
import { not, or } from '../permissions/permission-operators.js';
import { IsStaff } from '../permissions/standard.permissions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { scratchUrls } from '../testing/scratch-databases.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Model()
class Sample extends BaseModel {
  declare static readonly objects: Manager<Sample>;

  @Field.string({ maxLength: 60 }) title!: string;
  @Field.text({ default: '', blank: true }) content!: string;
  @Field.boolean({ default: false }) flag!: boolean;
  @Field.integer({ default: 3 }) number!: number;
  @Field.bigInteger({ nullable: true }) big!: bigint | null;
  @Field.float({ nullable: true }) ratio!: number | null;
  @Field.decimal({ precision: 8, scale: 2, nullable: true }) price!: string | null;
  @Field.datetime({ nullable: true }) moment!: Date | null;
  @Field.date({ nullable: true }) day!: string | null;
  @Field.time({ nullable: true }) hour!: string | null;
  @Field.json({ nullable: true }) extra!: unknown;
  @Field.uuid({ nullable: true }) token!: string | null;
  @Field.email({ nullable: true }) email!: string | null;
  @Field.enum({ choices: ['a', 'b'], default: 'a' }) letter!: 'a' | 'b';
  @Field.string({ nullable: true, writeOnly: true }) secret!: string | null;
  @Field.integer({ default: 7 }) owner!: number;
  @Field.foreignKey(() => Sample, { nullable: true }) parent!: unknown;
  @Field.version() version!: number;
}

const OWNERS = [or(IsStaff, IsOwner('owner'))];

/** Rows with this number are nobody's business. */
const UNSEEN = 13;

@ViewSet({ path: 'plain', model: Sample, permissions: OWNERS })
class PlainViewSet extends ModelViewSet<Sample> {
  override scope() {
    return Q({ number: UNSEEN }).not();
  }
}

/** The same with hooks, which are shown instances, so that everything goes through them. */
@ViewSet({ path: 'entities', model: Sample, permissions: OWNERS })
class EntityViewSet extends ModelViewSet<Sample> {
  override scope() {
    return Q({ number: UNSEEN }).not();
  }

  override async getObject(context: ActionContext<Sample>) {
    const found = await super.getObject(context);
    if (!(found instanceof Sample)) throw new TypeError('The hook was given no instance.');
    return found;
  }

  override async afterCreate(object: Sample) {
    if (!(object instanceof Sample)) throw new TypeError('The hook was given no instance.');
  }
}

/** Does not say what it looks at, and so gets an instance. */
class SeesInstances extends Permission {
  override hasObjectPermission(_context: ActionContext, object: object) {
    return object instanceof Sample;
  }
}

@ViewSet({ path: 'judged', model: Sample, permissions: [not(IsOwner('number')), SeesInstances] })
class JudgedViewSet extends ModelViewSet<Sample> {}

const pick = <T>(...values: readonly T[]): T => values[randomInt(values.length)] as T;
const text = () => pick('x', 'Ünïcode ☃ 💾', '"quoted" \\ </script>', 'a\tb\nc', 'ﬀ\u2028', "it's");

/** A random body; every key may be missing. */
function randomBody(): Record<string, unknown> {
  const body = {
    title: text(),
    content: pick('', text().repeat(20)),
    flag: pick(true, false),
    number: pick(0, -5, 2_147_483_647),
    big: pick<unknown>(null, '9007199254740993', '-1', 12),
    ratio: pick(null, 0, -0.5, 1e-7, 123456.789, 1e21),
    price: pick(null, '1.5', '0.00', '-123456.78', '7'),
    moment: pick(null, '2026-02-03T04:05:06.7Z', '1969-12-31T23:59:59.999Z', '2026-02-03T04:05:06+02:00'),
    day: pick(null, '2024-02-29', '0001-01-01'),
    hour: pick(null, '00:00:00', '23:59:59'),
    // PostgreSQL puts keys into an order of its own, which an instance only learns of when it is read.
    extra: pick<unknown>(null, {}, [], 'text', 0, { a: '☃', b: [1, { c: null }] }, true),
    token: pick(null, '0b0e7f9e-6f3b-4c55-9d3f-0d3c1a5b8a11'),
    email: pick(null, 'a@example.com'),
    letter: pick('a', 'b'),
    secret: pick(null, 'hidden'),
  };
  return Object.fromEntries(Object.entries(body).filter(([name]) => name === 'title' || pick(true, true, false)));
}

describe.each(await scratchUrls())('plain rows on %s', (_name, url) => {
  let app: TestApp;
  const as = '7';

  beforeAll(async () => {
    app = await TestApp.start({ views: [PlainViewSet, EntityViewSet, JudgedViewSet], models: [Sample], url });
  });
  afterAll(() => app?.close());

  /** The text of a body without what differs between two rows. */
  const comparable = (body: string) =>
    body.replace(/"id":\d+/, '"id":0').replace(/"(createdAt|updatedAt)":"[^"]+"/g, '"$1":""');

  test('are byte for byte what instances are, whatever they hold', async () => {
    for (let round = 0; round < 60; round++) {
      const body = randomBody();
      const plain = await app.call('POST', '/plain', { as, body });
      const entity = await app.call('POST', '/entities', { as, body });
      expect([plain.status, entity.status]).toEqual([201, 201]);
      expect(comparable(plain.text)).toBe(comparable(entity.text));

      const [plainPath, entityPath] = [`/plain/${plain.body.id}`, `/entities/${plain.body.id}`];
      const read = await app.call('GET', entityPath, { as });
      expect(read.text).toBe(plain.text);
      expect((await app.call('GET', plainPath, { as })).text).toBe(read.text);

      const change = { ...randomBody(), parent: pick(null, plain.body.id) };
      const changed = await app.call('PATCH', plainPath, { as, body: change });
      expect([changed.status, changed.headers.etag]).toEqual([200, `"${changed.body.version}"`]);
      expect((await app.call('GET', entityPath, { as })).text).toBe(changed.text);
      const again = await app.call('PATCH', plainPath, { as, body: change });
      expect(again.text).toBe(changed.text);
    }
  });

  test('are written by one statement each, without a transaction around it', async () => {
    const statements: string[] = [];
    const sent = async (work: () => Promise<unknown>) => {
      const before = app.statements.length;
      await work();
      statements.push(...app.statements.slice(before).map((statement) => statement.slice(0, 6)));
    };
    const created = await app.call('POST', '/plain', { as, body: { title: 'x' } });
    const path = `/plain/${created.body.id}`;
    await sent(() => app.call('POST', '/plain', { as, body: { title: 'y' } }));
    await sent(() => app.call('PATCH', path, { as, body: { title: 'z' } }));
    await sent(() => app.call('PATCH', path, { as, body: { title: 'z' } }));
    expect(statements).toEqual(['insert', 'update', 'update', 'select']);
  });

  test('are changed by the answers, and to the values, by which instances are', async () => {
    const seen = new Map<number, number>();
    for (let round = 0; round < 150; round++) {
      const first: Record<string, unknown> = {
        ...randomBody(),
        owner: pick(7, 7, 7, 8),
        number: pick(1, 2, 3, UNSEEN),
      };
      const twins = await app.work(async () => {
        const stored = { ...first, moment: new Date(1_700_000_000_000 + round), big: 5n, extra: { n: round } };
        return [await Sample.objects.create(stored), await Sample.objects.create(stored)] as const;
      });
      const caller = pick(undefined, '7', '7', '7', '8', '8 staff');
      const method = pick('PATCH', 'PATCH', 'PUT');
      const bodies: readonly (() => unknown)[] = [
        () => randomBody(),
        () => ({ number: pick(1, 2, 3, UNSEEN) }),
        () => ({ title: first['title'], number: first['number'] }),
        () => ({}),
        () => ({ title: 'x'.repeat(61), nope: 1 }),
        () => ({ ...randomBody(), parent: pick(null, twins[0].id, 999_999) }),
        () => '{"title":',
        () => undefined,
      ];
      const body = pick(...bodies)();
      const headers: Record<string, string> = {
        ...(typeof body === 'string' && { 'content-type': 'application/json' }),
        ...pick<Record<string, string>>({}, {}, {}, { 'if-match': '"1"' }, { 'if-match': '"4"' }),
      };
      const tail = pick('', '', '', '', '?nope=1', 'x');
      const [plain, entity] = await Promise.all(
        (['plain', 'entities'] as const).map((path, index) =>
          app.call(method, `/${path}/${twins[index as 0 | 1].id}${tail}`, { as: caller, body, headers }),
        ),
      );
      const what = JSON.stringify({ method, caller, body, headers, tail, first });
      const known = (text: string) => comparable(text).replace(/\d+x/g, 'x');
      expect([what, plain!.status, known(plain!.text), plain!.headers.etag]).toEqual([
        what,
        entity!.status,
        known(entity!.text),
        entity!.headers.etag,
      ]);
      const [one, other] = await app.work(() =>
        Promise.all(twins.map(({ id }) => Sample.objects.filter({ id }).rows({ json: true }))),
      );
      const columns = (row: object) => ({ ...row, id: 0, createdAt: 0, updatedAt: 0 });
      expect([what, columns(one![0]!)]).toEqual([what, columns(other![0]!)]);
      const wasWritten = (index: 0 | 1, row: Record<string, unknown>) =>
        row['updatedAt'] !== twins[index].updatedAt.toISOString();
      expect([what, one![0]!['version']]).toEqual([what, wasWritten(0, one![0]!) ? 2 : one![0]!['version']]);
      seen.set(plain!.status, (seen.get(plain!.status) ?? 0) + 1);
    }
    for (const status of [200, 400, 401, 403, 404])
      expect([status, seen.get(status)]).toEqual([status, expect.any(Number)]);
  });

  test('are judged like instances', async () => {
    const { body } = await app.call('POST', '/plain', { as, body: { title: 'x', owner: 7 } });
    const path = `/plain/${body.id}`;
    const change = (caller: string) => app.call('PATCH', path, { as: caller, body: { number: pick(1, 2, 3) } });
    expect((await change('8')).status).toBe(403);
    expect((await change('8 staff')).status).toBe(200);
    expect((await app.call('PATCH', path, { body: {} })).status).toBe(401);
    expect((await app.call('PATCH', '/plain/999999', { as, body: {} })).status).toBe(404);
    expect((await app.call('GET', path, { as: '8' })).status).toBe(403);
  });

  test('give way to instances where a permission does not say what it looks at', async () => {
    const { body } = await app.call('POST', '/judged', { as, body: { title: 'x', number: 5 } });
    expect((await app.call('PATCH', `/judged/${body.id}`, { as, body: { title: 'y' } })).status).toBe(200);
    expect((await app.call('PATCH', `/judged/${body.id}`, { as: '5', body: { title: 'y' } })).status).toBe(403);
  });

  test('keep their versions: of two changes of one version one wins', async () => {
    const { body, headers } = await app.call('POST', '/plain', { as, body: { title: 'x' } });
    const change = (title: string) =>
      app.call('PATCH', `/plain/${body.id}`, { as, body: { title }, headers: { 'if-match': String(headers.etag) } });
    const statuses = (await Promise.all(['a', 'b', 'c'].map(change))).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 412, 412]);
  });
});
