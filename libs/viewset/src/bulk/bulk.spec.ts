import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { IsOwner } from '../permissions/parameterised.permissions.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { scratchUrls } from '../testing/scratch-databases.js';
import { Author, Book, Document, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

const ALL = { create: true, update: true, delete: true } as const;
const hooks: string[] = [];

@ViewSet({ model: Book, permissions: [AllowAny], bulk: { ...ALL, maxItems: 20 } })
class BookViewSet extends ModelViewSet<Book> {}

@ViewSet({ model: Tag, permissions: [AllowAny], bulk: { create: true } })
class TagViewSet extends ModelViewSet<Tag> {
  override beforeCreate(data: { label: string }) {
    hooks.push(`before ${data.label}`);
  }
  override afterCreate(tag: Tag) {
    hooks.push(`after ${tag.label}`);
    if (tag.label === 'bad') throw new Error('given up');
  }
}

@ViewSet({
  model: Document,
  lookupField: 'reference',
  permissions: [AllowAny],
  permissionsByAction: { update: [IsOwner('owner')], destroy: [IsOwner('owner')] },
  bulk: ALL,
})
class DocumentViewSet extends ModelViewSet<Document> {
  override scope() {
    return { owner__lt: 100 };
  }
}

let app: TestApp;
let tags: Tag[];
beforeAll(async () => {
  app = await TestApp.start({ views: [BookViewSet, TagViewSet, DocumentViewSet] });
  tags = await app.work(() => Tag.objects.bulkCreate([{ label: 'one' }, { label: 'two' }]));
});
beforeEach(() => app.work(() => Book.objects.delete()));
afterAll(() => app?.close());

const book = (slug: string, rest: object = {}) => ({ title: 'T', slug, ...rest });
const bulk = (method: string, body?: unknown, rest: object = {}) =>
  app.call(method, '/books/bulk', { body, headers: { 'content-type': 'application/json' }, ...rest });
const count = () => app.work(() => Book.objects.count());
const codes = (body: { errors: Record<string, { code: string }[]> }) =>
  Object.entries(body.errors).map(([path, found]) => [path, found.map(({ code }) => code)]);

describe('creating many rows', () => {
  test('answers them in their order, linked to what each of them names', async () => {
    const answer = await bulk('POST', [
      book('a', { tags: [tags[1]!.id] }),
      book('b'),
      book('c', { tags: [tags[0]!.id] }),
    ]);
    expect(answer.status).toBe(201);
    expect(answer.body.map(({ slug, tags: shown }: Book) => [slug, shown])).toEqual([
      ['a', [tags[1]!.id]],
      ['b', []],
      ['c', [tags[0]!.id]],
    ]);
  });

  test('takes as many statements for twenty rows as for two', async () => {
    const rows = (from: number, to: number) =>
      Array.from({ length: to }, (_, index) => book(`r${from + index}`, { tags: [tags[0]!.id], author: null }));
    const few = await app.count(() => bulk('POST', rows(0, 2)));
    expect(await app.count(() => bulk('POST', rows(50, 20)))).toBe(few);
  });

  test('keeps nothing when one is wrong, and says which', async () => {
    const { status, body } = await bulk('POST', [book('a'), book('b', { author: 999, nonsense: 1 }), { slug: 'c' }, 7]);
    expect([status, codes(body)]).toEqual([
      400,
      [
        ['3', ['invalid']],
        ['1.nonsense', ['unknown_field']],
        ['1.author', ['does_not_exist']],
        ['2.title', ['required']],
      ],
    ]);
    expect(await count()).toBe(0);
  });

  test('refuses a value that is unique twice in the request, or taken', async () => {
    await bulk('POST', [book('taken')]);
    const { status, body } = await bulk('POST', [book('a'), book('a'), book('taken')]);
    expect([status, codes(body)]).toEqual([
      400,
      [
        ['1.slug', ['unique']],
        ['2.slug', ['unique']],
      ],
    ]);
    expect(await count()).toBe(1);
  });

  test.each([
    ['a single object', book('a'), 'not_a_list'],
    ['a text', '"a"', 'not_a_list'],
    ['an empty list', [], 'empty'],
    ['too many', Array.from({ length: 21 }, (_, index) => book(`n${index}`)), 'max_length'],
  ])('refuses %s', async (_what, payload, code) => {
    const { status, body } = await bulk('POST', payload);
    expect([status, codes(body)[0]?.[1]]).toEqual([400, [code]]);
  });

  test('runs the hooks of every row, in one transaction', async () => {
    hooks.length = 0;
    const post = (labels: string[]) => app.call('POST', '/tags/bulk', { body: labels.map((label) => ({ label })) });
    expect((await post(['x', 'y'])).status).toBe(201);
    expect(hooks).toEqual(['before x', 'before y', 'after x', 'after y']);
    expect((await post(['z', 'bad'])).status).toBe(500);
    expect(await app.work(() => Tag.objects.filter({ label: 'z' }).exists())).toBe(false);
  });

  test('exists for no ViewSet that did not ask for it', async () => {
    const deleted = await app.call('DELETE', '/tags/bulk');
    expect([deleted.status, deleted.headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });
});

describe('changing many rows', () => {
  const stored = async () => (await bulk('POST', [book('a'), book('b', { tags: [tags[0]!.id] })])).body as Book[];

  test('writes what each item says of the row that it names', async () => {
    const [a, b] = await stored();
    const { status, body } = await bulk('PATCH', [
      { id: b!.id, title: 'B', tags: [] },
      { id: a!.id, slug: 'new' },
    ]);
    expect([status, body]).toMatchObject([
      200,
      [
        { id: b!.id, title: 'B', slug: 'b', tags: [] },
        { id: a!.id, title: 'T', slug: 'new' },
      ],
    ]);
    const replaced = await bulk('PUT', [{ id: a!.id, slug: 'newer' }]);
    expect([replaced.status, codes(replaced.body)]).toEqual([400, [['0.title', ['required']]]]);
  });

  test('refuses rows that are not there, are not named or are named twice', async () => {
    const [a] = await stored();
    const named = await bulk('PATCH', [{ id: a!.id, title: 'X' }, { title: 'Y' }, { id: a!.id }, { id: 'x' }]);
    expect([named.status, codes(named.body)]).toEqual([
      400,
      [
        ['1.id', ['required']],
        ['2.id', ['duplicate']],
        ['3.id', ['invalid']],
      ],
    ]);
    const missing = await bulk('PATCH', [
      { id: a!.id, title: 'X' },
      { id: 99_999, title: 'Y' },
    ]);
    expect([missing.status, codes(missing.body)]).toEqual([400, [['1.id', ['does_not_exist']]]]);
    expect((await app.call('GET', `/books/${a!.id}`)).body.title).toBe('T');
  });

  test('may swap nothing into what is taken, but keeps what is its own', async () => {
    const [a, b] = await stored();
    const { status, body } = await bulk('PATCH', [
      { id: a!.id, slug: 'b' },
      { id: b!.id, slug: 'b' },
    ]);
    expect([status, codes(body)]).toEqual([400, [['0.slug', ['unique']]]]);
  });

  test('takes as many statements for ten rows as for two, and counts versions only of rows that change', async () => {
    const { body } = await bulk(
      'POST',
      Array.from({ length: 12 }, (_, index) => book(`u${index}`)),
    );
    const renamed = (rows: Book[], title: string) =>
      app.count(() =>
        bulk(
          'PATCH',
          rows.map(({ id }) => ({ id, title })),
        ),
      );
    const few = await renamed((body as Book[]).slice(0, 2), 'few');
    expect(await renamed((body as Book[]).slice(2), 'many')).toBe(few);
    const [first, second] = body as Book[];
    const mixed = await bulk('PATCH', [
      { id: first!.id, title: 'few' },
      { id: second!.id, title: 'new', price: '1.50' },
    ]);
    expect(mixed.body).toMatchObject([
      { title: 'few', version: 2 },
      { title: 'new', price: '1.50', version: 3 },
    ]);
    expect((await app.call('GET', `/books/${second!.id}`)).body).toMatchObject({ title: 'new', price: '1.50' });
  });

  test('holds an item to the version that it names', async () => {
    const [a] = await stored();
    const at = (version: number) => bulk('PATCH', [{ id: a!.id, version, title: 'v' }]);
    expect((await at(1)).status).toBe(200);
    expect((await at(1)).body.code).toBe('version_conflict');
  });
});

describe('deleting many rows', () => {
  test('takes lookup values in the body or in the query, and one statement', async () => {
    const { body } = await bulk('POST', [book('a'), book('b'), book('c'), book('d')]);
    const [a, b, c, d] = (body as Book[]).map(({ id }) => id);
    expect((await bulk('DELETE', [a, b])).status).toBe(204);
    expect((await app.call('DELETE', `/books/bulk?id__in=${c},${d}`)).status).toBe(204);
    expect(await count()).toBe(0);
    expect(codes((await bulk('DELETE', [a])).body)).toEqual([['0', ['does_not_exist']]]);
    expect(codes((await app.call('DELETE', '/books/bulk?id__in=1,x')).body)).toEqual([['1', ['invalid']]]);
  });

  test('asks scope and object permissions for every row', async () => {
    const references = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`);
    await app.work(() =>
      Document.objects.bulkCreate(
        [1, 2, 100].map((owner, index) => ({ owner, reference: references[index]!, name: 'n' })),
      ),
    );
    const remove = (indexes: number[]) =>
      app.call('DELETE', '/documents/bulk', { as: '1', body: indexes.map((index) => references[index]) });
    expect((await remove([0, 2])).status).toBe(400);
    expect((await remove([0, 1])).status).toBe(403);
    const patched = await app.call('PATCH', '/documents/bulk', {
      as: '1',
      body: [0, 1].map((index) => ({ reference: references[index], name: 'mine' })),
    });
    expect(patched.status).toBe(403);
    expect(await app.work(() => Document.objects.filter({ name: 'n' }).count())).toBe(3);
    expect((await remove([0])).status).toBe(204);
  });
});

test.each(await scratchUrls())('who writes the same rows in another order waits, on %s', async (_name, url) => {
  @ViewSet({ model: Document, permissions: [AllowAny], bulk: ALL })
  class OpenDocumentViewSet extends ModelViewSet<Document> {}
  await using shop = await TestApp.start({ views: [OpenDocumentViewSet], url });
  const reference = (index: number) => `${String(index).repeat(8)}-1111-4111-8111-111111111111`;
  const [a, b] = await shop.work(() =>
    Document.objects.bulkCreate([1, 2].map((index) => ({ owner: 1, reference: reference(index), name: 'n' }))),
  );
  const patch = (items: object[]) => shop.call('PATCH', '/documents/bulk', { body: items });
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all([
      patch([
        { id: a!.id, name: `a${round}` },
        { id: b!.id, owner: round },
      ]),
      patch([
        { id: b!.id, name: `b${round}` },
        { id: a!.id, owner: round },
      ]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  }
});

test('a limit that is no number is refused at start', async () => {
  @ViewSet({ model: Author, permissions: [AllowAny], bulk: { create: true, maxItems: 0 } })
  class AuthorViewSet extends ModelViewSet<Author> {}
  await expect(TestApp.start({ views: [AuthorViewSet] })).rejects.toBeInstanceOf(InvalidOptionError);
});
