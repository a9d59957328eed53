import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ViewSet } from './decorators/viewset.decorator.js';
import { AllowAny } from './permissions/standard.permissions.js';
import { Author, Book, Tag } from './testing/shop.models.js';
import { TestApp } from './testing/test-app.js';
import { ModelViewSet } from './views/model.viewset.js';

@ViewSet({ model: Book, permissions: [AllowAny] })
class BookViewSet extends ModelViewSet<Book> {}

describe('a ViewSet of nothing but a model', () => {
  let shop: TestApp;
  let ann: Author;
  let tags: Tag[];
  const call: TestApp['call'] = (...request) => shop.call(...request);

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet] });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.work(async () => {
      await Book.objects.delete();
      await Author.objects.delete();
      await Tag.objects.delete();
      ann = await Author.objects.create({ name: 'Ann' });
      tags = [await Tag.objects.create({ label: 'x' }), await Tag.objects.create({ label: 'y' })];
    }),
  );
  const added = async (slug: string, more: object = {}) =>
    (await call('POST', '/books', { body: { title: slug, slug, ...more } })).body;

  test('creates a row with its defaults and says where it is', async () => {
    const { status, headers, body } = await call('POST', '/books', { body: { title: 'A', slug: 'a', secret: 's' } });
    expect(body).toEqual({
      id: expect.any(Number),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: expect.any(String),
      title: 'A',
      slug: 'a',
      content: '',
      isPublished: false,
      views: 0,
      price: null,
      copies: '1',
      extra: null,
      author: null,
      tags: [],
      version: 1,
    });
    expect([status, headers.location, headers.etag]).toEqual([201, `/books/${body.id}`, expect.stringMatching(/^"1-/)]);
    expect((await shop.work(() => Book.objects.get({ id: body.id }))).secret).toBe('s');
  });

  test('what was written reads back byte for byte', async () => {
    const sent = {
      title: 'A',
      slug: 'a',
      price: '12.5',
      author: ann.id,
      tags: [tags[1]!.id, tags[0]!.id],
      extra: { a: [1] },
    };
    const created = await call('POST', '/books', { body: sent });
    expect(created.body).toMatchObject({
      price: '12.50',
      author: ann.id,
      tags: tags.map(({ id }) => id),
      extra: { a: [1] },
    });
    expect((await call('GET', created.headers.location as string)).text).toBe(created.text);
    const changed = await call('PATCH', created.headers.location as string, { body: { title: 'B', tags: [] } });
    expect(changed.body).toEqual({
      ...created.body,
      title: 'B',
      tags: [],
      version: 2,
      updatedAt: changed.body.updatedAt,
    });
    expect((await call('GET', '/books')).text).toBe(
      `{"count":1,"next":null,"previous":null,"results":[${changed.text}]}`,
    );
  });

  test('PUT wants the required fields and keeps the others', async () => {
    const book = await added('a', { content: 'C', tags: [tags[0]!.id], author: ann.id });
    const missing = await call('PUT', `/books/${book.id}`, { body: { title: 'B' } });
    expect([missing.status, missing.body.errors]).toEqual([
      400,
      { slug: [{ code: 'required', message: 'This field is required.' }] },
    ]);
    const { body } = await call('PUT', `/books/${book.id}`, { body: { title: 'B', slug: 'b' } });
    expect(body).toMatchObject({ title: 'B', slug: 'b', content: 'C', tags: [tags[0]!.id], author: ann.id });
  });

  test('a representation can be sent back as it is', async () => {
    const book = await added('a', { tags: [tags[0]!.id], author: ann.id });
    const again = await call('PUT', `/books/${book.id}`, { body: { ...book, id: 999, views: 5 } });
    expect([again.status, again.body]).toEqual([
      200,
      { ...book, updatedAt: again.body.updatedAt, version: again.body.version },
    ]);
  });

  test('PATCH of nothing changes nothing, null empties what may be empty', async () => {
    const book = await added('a', { author: ann.id });
    expect((await call('PATCH', `/books/${book.id}`, { body: {} })).body).toEqual(book);
    expect((await call('PATCH', `/books/${book.id}`, { body: { author: null } })).body.author).toBeNull();
    expect((await call('PATCH', `/books/${book.id}`, { body: { title: null } })).body.errors.title).toMatchObject([
      { code: 'null' },
    ]);
  });

  test('names every field that is wrong at once', async () => {
    const body = {
      title: 'x'.repeat(21),
      isPublished: 'yes',
      price: 'dear',
      author: 999,
      tags: [1, 'x'],
      token: 'mine',
      __proto: 1,
    };
    const answer = await call('POST', '/books', { body });
    expect(answer.status).toBe(400);
    expect(
      Object.fromEntries(
        Object.entries(answer.body.errors).map(([name, found]) => [name, (found as { code: string }[])[0]?.code]),
      ),
    ).toEqual({
      title: 'max_length',
      isPublished: 'invalid',
      price: 'invalid',
      author: 'does_not_exist',
      tags: 'incorrect_type',
      token: 'unknown_field',
      __proto: 'unknown_field',
      slug: 'required',
    });
  });

  test('a value that must be unique is an error of its field', async () => {
    await added('a');
    const { status, body } = await call('POST', '/books', { body: { title: 'B', slug: 'a' } });
    expect([status, body.errors]).toEqual([
      400,
      { slug: [{ code: 'unique', message: 'book with this slug already exists.' }] },
    ]);
  });

  test('destroy answers 204 without a body, then 404', async () => {
    const book = await added('a');
    const gone = await call('DELETE', `/books/${book.id}`);
    expect([gone.status, gone.text, gone.headers['content-type']]).toEqual([204, '', undefined]);
    expect((await call('DELETE', `/books/${book.id}`)).status).toBe(404);
  });

  test('HEAD is GET without its body', async () => {
    const book = await added('a');
    const [head, get] = [await call('HEAD', `/books/${book.id}`), await call('GET', `/books/${book.id}`)];
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
  });

  test('versions: 304 for what is known, 412 for what is stale', async () => {
    const book = await added('a');
    const { headers } = await call('GET', `/books/${book.id}`);
    const known = { 'if-none-match': headers.etag as string };
    const unchanged = await call('GET', `/books/${book.id}`, { headers: known });
    expect([unchanged.status, unchanged.text]).toEqual([304, '']);
    const linked = await call('PATCH', `/books/${book.id}`, { body: { tags: [tags[0]!.id] } });
    expect([linked.body.tags, linked.body.version]).toEqual([[tags[0]!.id], book.version + 1]);
    const same = await call('PATCH', `/books/${book.id}`, { body: { tags: [tags[0]!.id] } });
    expect(same.body.version).toBe(book.version + 1);
    expect((await call('GET', `/books/${book.id}`, { headers: known })).status).toBe(200);
    const outdated = { 'if-match': headers.etag as string };
    expect((await call('PATCH', `/books/${book.id}`, { body: { title: 'B' }, headers: outdated })).status).toBe(412);
    const fresh = { 'if-match': linked.headers.etag as string };
    expect((await call('PATCH', `/books/${book.id}`, { body: { title: 'B' }, headers: fresh })).status).toBe(200);
    const stale = await call('PATCH', `/books/${book.id}`, { body: { title: 'C' }, headers: fresh });
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed']);
    expect((await call('DELETE', `/books/${book.id}`, { headers: fresh })).status).toBe(412);
  });

  test('a verb that a path does not know is 405, OPTIONS tells what it knows', async () => {
    const book = await added('a');
    const wrong = await call('PUT', '/books');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
    const detail = await call('OPTIONS', `/books/${book.id}`);
    expect([detail.status, detail.headers.allow]).toEqual([200, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS']);
    const rules = { type: 'string', maxLength: 20, minLength: 1 };
    expect(detail.body.actions.PUT.title).toEqual({ label: 'Title', required: true, readOnly: false, ...rules });
    expect((await call('POST', '/nowhere')).status).toBe(404);
  });

  test('a page costs one statement for the count, one for the rows and one per relation', async () => {
    const pageOf = async (size: number) => shop.count(() => call('GET', `/books?pageSize=${size}`));
    for (let number = 1; number <= 6; number++)
      await added(`b${number}`, { tags: tags.map(({ id }) => id), author: ann.id });
    expect([await pageOf(1), await pageOf(6)]).toEqual([3, 3]);
  });

  test('lists are in the order of the key when nothing else is said', async () => {
    for (const slug of ['c', 'a', 'b']) await added(slug);
    expect((await call('GET', '/books')).body.results.map(({ slug }: Book) => slug)).toEqual(['c', 'a', 'b']);
  });

  test.each([
    ['GET', '/books?nope=1', 'nope'],
    ['GET', '/books?search=x', 'search'],
    ['GET', '/books?ordering=title', 'ordering'],
    ['GET', '/books?page=1&page=2', 'page'],
    ['GET', '/books/1?fields=title', 'fields'],
    ['POST', '/books?dry=1', 'dry'],
  ])('%s %s is refused by the name of the parameter', async (method, url, parameter) => {
    const { id } = await added('a');
    const answer = await call(method, url.replace('/1', `/${id}`), { ...(method === 'POST' && { body: {} }) });
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, [parameter]]);
  });
});
