import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OpenApiDocument, OpenApiRegistry } from '@core-framework/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Computed } from '../decorators/computed.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { scratchUrls } from '../testing/scratch-databases.js';
import { Author, Book, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { ReadOnlyModelViewSet } from '../views/read-only-model.viewset.js';
import { OutputSchema } from './output-schema.js';

class BookOutput extends OutputSchema(Book, { pick: ['id', 'title', 'author', 'tags', 'version'] }) {
  @Computed({ from: ['title'] }) upper({ title }: Pick<Book, 'title'>): string {
    return title.toUpperCase();
  }

  @Computed() entity(book: Book): string {
    return book.constructor.name;
  }
}

@ViewSet({
  model: Book,
  output: BookOutput,
  permissions: [AllowAny],
  fields: true,
  expand: ['author.books.tags', 'tags'],
})
class BookViewSet extends ModelViewSet<Book> {}

@ViewSet({
  model: Author,
  permissions: [AllowAny],
  pagination: false,
  expand: { books: OutputSchema(Book, { pick: ['title'] }) },
})
class AuthorViewSet extends ReadOnlyModelViewSet<Author> {}

describe.each(await scratchUrls())('what is shown on %s', (_name, url) => {
  let shop: TestApp;
  const get = (path: string) => shop.call('GET', path);
  const shown = async (query: string) => (await get(`/books?${query}`)).body.results;

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet, AuthorViewSet], url });
    await shop.work(async () => {
      const [ann, bob] = [await Author.objects.create({ name: 'Ann' }), await Author.objects.create({ name: 'Bob' })];
      const tags = [await Tag.objects.create({ label: 'red' }), await Tag.objects.create({ label: 'rose' })];
      for (const [index, author] of [ann, bob, ann, null].entries()) {
        const book = await Book.objects.create({ title: `T${index + 1}`, slug: `s${index}`, author, secret: 'hidden' });
        await Book.objects.setLinks('tags', book.id, tags.slice(0, index));
      }
    });
  });
  afterAll(() => shop?.close());

  test('may be fewer fields, in the order of the schema', async () => {
    expect(Object.keys((await shown('fields=title,id'))[0])).toEqual(['id', 'title']);
    expect(await shown('fields=upper&pageSize=1')).toEqual([{ upper: 'T1' }]);
    expect((await get('/books/1?fields=title')).text).toBe('{"title":"T1"}');
    expect(Object.keys((await shown('fields='))[0])).toHaveLength(7);
  });

  test('may have related rows as objects, without what is hidden', async () => {
    const [first, , , last] = await shown('expand=author');
    expect(first.author).toEqual({ id: 1, createdAt: expect.any(String), updatedAt: expect.any(String), name: 'Ann' });
    expect(last.author).toBeNull();
    expect((await get('/books/3?expand=tags&fields=tags.label')).body).toEqual({
      tags: [{ label: 'red' }, { label: 'rose' }],
    });
    expect((await get('/authors?expand=books')).body.map(({ books }: { books: object[] }) => books)).toEqual([
      [{ title: 'T1' }, { title: 'T3' }],
      [{ title: 'T2' }],
    ]);
    expect((await get('/authors/2')).body).not.toHaveProperty('books');
  });

  test('may be chosen at any depth that is allowed', async () => {
    const [first] = await shown(
      'expand=author.books.tags&fields=id,author.name,author.books.title,author.books.tags.label',
    );
    expect(first).toEqual({
      id: 1,
      author: {
        name: 'Ann',
        books: [
          { title: 'T1', tags: [] },
          { title: 'T3', tags: [{ label: 'red' }, { label: 'rose' }] },
        ],
      },
    });
  });

  test('may be chosen in the answers of writing requests, too', async () => {
    const body = { title: 'New', slug: 'new', author: 2 };
    const created = await shop.call('POST', '/books?fields=title&expand=author', { body });
    expect([created.status, created.body]).toEqual([
      201,
      { title: 'New', author: expect.objectContaining({ name: 'Bob' }) },
    ]);
    const path = String(created.headers['location']).replace(/^https?:\/\/[^/]+/, '');
    const changed = await shop.call('PATCH', `${path}?fields=title`, { body: { title: 'Newer' } });
    expect([changed.status, changed.body]).toEqual([200, { title: 'Newer' }]);
    expect((await shop.call('DELETE', `${path}?fields=title`)).status).toBe(400);
    expect((await shop.call('PATCH', `${path}?expand=nope`, { body: { title: 'Lost' } })).status).toBe(400);
    expect((await get(path)).body.title).toBe('Newer');
    expect((await shop.call('DELETE', path)).status).toBe(204);
  });

  test.each([
    ['/books?fields=nope', 'fields'],
    ['/books?fields=secret', 'fields'],
    ['/books?fields=title.x', 'fields'],
    ['/books?fields=author.name', 'fields'],
    ['/books?expand=author&fields=author.token', 'fields'],
    ['/books?expand=author.token', 'expand'],
    ['/books?expand=tags.books', 'expand'],
    ['/books?expand=title', 'expand'],
    ['/books?expand=__proto__', 'expand'],
    ['/books?fields=id&fields=title', 'fields'],
    ['/books/1?expand=nope', 'expand'],
    ['/authors?fields=id', 'fields'],
    ['/authors/1?expand=books.tags', 'expand'],
  ])('%s is refused by the name of the parameter', async (path, parameter) => {
    const { status, body } = await get(path);
    expect([status, Object.keys(body.errors)]).toEqual([400, [parameter]]);
  });

  test('costs one query per relation, however many rows there are', async () => {
    const query = '/books?expand=author.books.tags,tags&pageSize=';
    const few = await shop.count(() => get(`${query}3`));
    await shop.work(async () => {
      for (let number = 0; number < 20; number++) {
        const author = await Author.objects.create({ name: `A${number}` });
        await Book.objects.create({ title: `M${number}`, slug: `m${number}`, author });
      }
    });
    expect((await get(`${query}20`)).body.results).toHaveLength(20);
    expect(await shop.count(() => get(`${query}20`))).toBe(few);
  });

  test('stays the same however often a shape is asked for, and however many there are', async () => {
    const first = (await get('/books?fields=id,title,author&expand=author&pageSize=20')).text;
    for (let round = 0; round < 8; round++) {
      expect((await get('/books?fields=id,title,author&expand=author&pageSize=20')).text).toBe(first);
    }
    const names = ['id', 'title', 'author', 'tags', 'version', 'upper', 'entity'];
    for (let mask = 1; mask < 128; mask++) {
      const fields = names.filter((_, bit) => mask & (1 << bit));
      expect(Object.keys((await get(`/books/1?fields=${fields.join()}`)).body)).toEqual(fields);
    }
  });

  test('stands in the document', () => {
    const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
    const document = SwaggerModule.createDocument(shop.app, config) as unknown as OpenApiDocument;
    for (const contribute of shop.app.get(OpenApiRegistry).contributors) contribute(document);
    type Operation = { parameters: { name: string; schema: object }[]; responses: Record<string, unknown> };
    const operation = (path: string) => document.paths[path]?.['get'] as Operation;
    const schemas = document.components?.['schemas'] as Record<
      string,
      { properties: Record<string, object>; required?: string[] }
    >;
    const shownBy = (path: string) =>
      schemas[/"#\/components\/schemas\/(\w+)"/.exec(JSON.stringify(operation(path).responses[200]))?.[1] ?? ''];
    const { parameters } = operation('/books/{id}');
    expect(parameters.map(({ name }) => name)).toEqual(['id', 'fields', 'expand']);
    expect(parameters[2]?.schema).toEqual({
      type: 'array',
      items: { type: 'string', enum: ['author', 'author.books', 'author.books.tags', 'tags'] },
    });
    expect(shownBy('/books/{id}')?.required).toBeUndefined();
    expect(shownBy('/books/{id}')?.properties['author']).toEqual({
      anyOf: [
        expect.objectContaining({ type: ['integer', 'null'] }),
        { anyOf: [{ $ref: expect.stringMatching('AuthorOutput') }, { type: 'null' }] },
      ],
    });
    expect(shownBy('/authors')?.properties).toHaveProperty('books');
    expect(shownBy('/authors')?.required).not.toContain('books');
    for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(schemas).toHaveProperty(name!);
    }
  });
});

describe('a ViewSet does not start', () => {
  test.each([
    [['token'], 'VIEWSET_UNKNOWN_FIELD'],
    [['name'], 'VIEWSET_UNKNOWN_FIELD'],
    [['books.author.books.author'], 'VIEWSET_INVALID_OPTION'],
    [{ books: OutputSchema(Tag) }, 'VIEWSET_INVALID_OPTION'],
  ])('expanding %o', async (expand, code) => {
    @ViewSet({ model: Author, permissions: [AllowAny], expand: expand as never })
    class View extends ReadOnlyModelViewSet<Author> {}
    await expect(TestApp.start({ views: [View] })).rejects.toMatchObject({ code });
  });
});
