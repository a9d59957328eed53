import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { QuerySet } from '@core-framework/orm';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { Author, Book, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { TextFilter } from './custom-filter.js';

@ViewSet({
  model: Book,
  permissions: [AllowAny],
  pagination: { pageSize: 3, maxPageSize: 5 },
  filter: [
    'isPublished',
    'author',
    'tags',
    {
      views: ['exact', 'gte', 'lt', 'in', 'range'],
      title: ['icontains', 'exact'],
      createdAt: ['gte', 'year'],
      author: ['isnull', 'in'],
    },
  ],
  search: ['title', 'content'],
  ordering: ['views', 'title'],
})
class BookViewSet extends ModelViewSet<Book> {
  override getQuerySet() {
    return super.getQuerySet().orderBy('-views');
  }
}

/** May not be sorted, so the name is free. */
@ViewSet({
  path: 'shelves',
  model: Book,
  permissions: [AllowAny],
  filters: { ordering: TextFilter((books: QuerySet<Book>, title) => books.filter({ title })) },
})
class ShelfViewSet extends ModelViewSet<Book> {}

describe('lists', () => {
  let shop: TestApp;
  let ann: Author;
  let tag: Tag;
  const call: TestApp['call'] = (...request) => shop.call(...request);
  const titles = async (query: string): Promise<string> =>
    (await call('GET', `/books?pageSize=5&${query}`)).body.results.map(({ title }: Book) => title).join();

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet, ShelfViewSet] });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.work(async () => {
      await Book.objects.delete();
      await Author.objects.delete();
      await Tag.objects.delete();
      ann = await Author.objects.create({ name: 'Ann' });
      tag = await Tag.objects.create({ label: 'x' });
      for (let number = 1; number <= 4; number++) {
        const content = number % 2 ? 'hello world' : 'other 100%';
        const views = number === 4 ? 30 : 10 * number;
        const author = number < 3 ? ann : null;
        const book = await Book.objects.create({
          title: `T${number}`,
          slug: `s${number}`,
          content,
          views,
          author,
          isPublished: number % 2 === 1,
        });
        if (number < 3) await Book.objects.setLinks('tags', book.id, [tag]);
      }
    }),
  );

  test('keep the order of the ViewSet, with the key between equals', async () => {
    expect(await titles('')).toBe('T3,T4,T2,T1');
  });

  test.each([
    ['views__gte=20', 'T3,T4,T2'],
    ['views=20', 'T2'],
    ['views__in=10,20', 'T2,T1'],
    ['views__range=15,25', 'T2'],
    ['isPublished=true', 'T3,T1'],
    ['isPublished=0', 'T4,T2'],
    ['title__icontains=t1', 'T1'],
    ['author__isnull=true', 'T3,T4'],
    ['createdAt__year=1999', ''],
    ['createdAt__gte=2020-01-01T00:00:00Z&views__lt=20', 'T1'],
    ['search=hello,T3', 'T3'],
    ['search=%22hello%20world%22', 'T3,T1'],
    ['search=100%25', 'T4,T2'],
    ['search=', 'T3,T4,T2,T1'],
    ['ordering=views', 'T1,T2,T3,T4'],
    ['ordering=-title', 'T4,T3,T2,T1'],
    ['ordering=-views,-title', 'T4,T3,T2,T1'],
  ])('?%s', async (query, expected) => {
    expect(await titles(query)).toBe(expected);
  });

  test('relations are filtered by keys, each row once', async () => {
    expect(await titles(`author=${ann.id}`)).toBe('T2,T1');
    expect(await titles(`author__in=${ann.id}`)).toBe('T2,T1');
    expect(await titles(`tags=${tag.id}`)).toBe('T2,T1');
  });

  test.each([
    ['views=abc', 'views'],
    ['views__in=1,x', 'views__in'],
    ['views__range=1', 'views__range'],
    ['views__gt=1', 'views__gt'],
    ['isPublished=banana', 'isPublished'],
    ['isPublished=', 'isPublished'],
    ['author=foo', 'author'],
    ['author=999999', 'author'],
    ['createdAt__gte=yesterday', 'createdAt__gte'],
    ['createdAt__year=0', 'createdAt__year'],
    ['slug=s1', 'slug'],
    ['ordering=content', 'ordering'],
    ['ordering=views,nope', 'ordering'],
    ['search=a%00', 'search'],
    ['title__icontains=%00', 'title__icontains'],
    ['__proto__=1', '__proto__'],
    ['constructor=1', 'constructor'],
    [`views__in=${Array(101).fill(1).join()}`, 'views__in'],
    ['views=1e400', 'views'],
    ['views=99999999999999999999', 'views'],
  ])('?%s is refused by the name of the parameter', async (query, parameter) => {
    const { status, body } = await call('GET', `/books?${query}`);
    expect([status, Object.keys(body.errors)]).toEqual([400, [parameter]]);
  });

  test('all that is wrong with a query is told at once', async () => {
    const query = 'views=abc&nope=1&ordering=content&search=%00&title=a&title=b&isPublished=true&tags=x';
    const { status, body } = await call('GET', `/books?${query}`);
    const codes = Object.entries<{ code: string }[]>(body.errors).map(([name, [error]]) => `${name} ${error?.code}`);
    expect([status, codes.sort()]).toEqual([
      400,
      [
        'nope unknown_parameter',
        'ordering invalid_choice',
        'search null_characters_not_allowed',
        'tags incorrect_type',
        'title repeated',
        'views invalid',
      ],
    ]);
  });

  test('a filter may be called like what is not used', async () => {
    const { status, body } = await call('GET', '/shelves?ordering=T2');
    expect([status, body.results.map(({ title }: Book) => title)]).toEqual([200, ['T2']]);
  });

  test('pages link to each other with all parameters, and end', async () => {
    const first = await call('GET', '/books?ordering=views&search=T&pageSize=100', { headers: { host: 'api.test' } });
    expect(first.body).toMatchObject({ count: 4, next: null, previous: null });
    const second = await call('GET', '/books?ordering=views&page=2&isPublished=true&pageSize=1', {
      headers: { host: 'api.test' },
    });
    expect(second.body).toMatchObject({
      count: 2,
      next: null,
      previous: 'http://api.test/books?ordering=views&isPublished=true&pageSize=1',
    });
    expect((await call('GET', '/books?page=3')).body).toMatchObject({ detail: 'Invalid page.', code: 'not_found' });
  });
});
