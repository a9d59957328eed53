import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { scratchUrls } from '../testing/scratch-databases.js';
import { Author, Book, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { OutputSchema } from './output-schema.js';

const BOOKS = { model: Book, permissions: [AllowAny], expand: ['author.books.tags', 'tags'] } as const;

@ViewSet(BOOKS)
class BookViewSet extends ModelViewSet<Book> {}

/** Related rows that the application itself asks for. */
class TaggedOutput extends OutputSchema(Book, {
  pick: ['id', 'author', 'tags'],
  nested: { tags: OutputSchema(Tag) },
}) {}

@ViewSet({ ...BOOKS, path: 'tagged', output: TaggedOutput })
class TaggedBookViewSet extends ModelViewSet<Book> {}

describe.each(await scratchUrls())('what may be expanded at once on %s', (_name, url) => {
  let shop: TestApp;
  const get = (path: string) => shop.call('GET', path);

  beforeAll(async () => {
    shop = await TestApp.start({
      views: [BookViewSet, TaggedBookViewSet],
      url,
      module: { maxExpands: 3, maxExpandedRows: 6 },
    });
    await shop.work(async () => {
      const author = await Author.objects.create({ name: 'Ann' });
      const tags: number[] = [];
      for (const label of ['a', 'b', 'c']) tags.push((await Tag.objects.create({ label })).id);
      for (let number = 1; number <= 3; number++) {
        const book = await Book.objects.create({ title: `T${number}`, slug: `t${number}`, author });
        await Book.objects.setLinks('tags', book.id, tags);
      }
    });
  });
  afterAll(() => shop?.close());

  test('is so many relations, those that lead to others included', async () => {
    expect((await get('/books/1?expand=author,tags')).status).toBe(200);
    const { status, body } = await get('/books/1?expand=author.books.tags,tags');
    expect([status, body.code, body.errors.expand[0].code]).toEqual([400, 'invalid_input', 'too_many']);
  });

  test('is so many rows of all relations together, and no more are read', async () => {
    expect((await get('/books/1?expand=tags')).body.tags).toHaveLength(3);
    expect((await get('/books?expand=tags&pageSize=2')).body.results).toHaveLength(2);
    for (const path of [
      '/books?expand=tags',
      '/books/1?expand=author.books.tags',
      '/books/1?expand=author.books,tags',
    ]) {
      const { status, body } = await get(path);
      expect([path, status, body.errors?.expand[0].code]).toEqual([path, 400, 'too_many_rows']);
    }
    const { length } = shop.statements;
    await get('/books?expand=tags');
    expect(shop.statements.slice(length).at(-1)).toMatch(/ limit /);
  });

  test('has nothing to do with what the ViewSet shows by itself', async () => {
    const all = (await get('/tagged')).body.results as { tags: object[] }[];
    expect(all.flatMap(({ tags }) => tags)).toHaveLength(9);
    expect((await get('/tagged?expand=author')).status).toBe(200);
  });

  test('leaves nothing behind of a write whose answer would show too much', async () => {
    const body = { title: 'Changed' };
    expect((await shop.call('PATCH', '/books/1?expand=author.books.tags', { body })).status).toBe(400);
    expect((await get('/books/1')).body.title).toBe('T1');
  });
});

test.each([-1, 1.5, Number.NaN])('limits are whole numbers: %p', async (maxExpandedRows) => {
  const started = TestApp.start({ views: [BookViewSet], module: { maxExpandedRows } });
  await expect(started).rejects.toMatchObject({ code: 'VIEWSET_INVALID_OPTION' });
});
