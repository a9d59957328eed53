import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { QuerySet } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import { Filter } from '../decorators/filter.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { scratchUrls } from '../testing/scratch-databases.js';
import { Author, Book, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { ReadOnlyModelViewSet } from '../views/read-only-model.viewset.js';
import {
  BooleanFilter,
  ChoiceFilter,
  DateFilter,
  DateTimeFilter,
  IntegerFilter,
  NumberFilter,
  TextFilter,
  UuidFilter,
} from './custom-filter.js';
import { FilterSet } from './filter-set.js';

@Injectable()
class Trends {
  readonly threshold = 30;
}

@Injectable()
class BookFilter extends FilterSet(Book, ['isPublished', { views: ['gte'] }]) {
  constructor(private readonly trends: Trends) {
    super();
  }

  @Filter()
  popular(books: QuerySet<Book>, value: boolean) {
    return value ? books.filter({ views__gte: this.trends.threshold }) : books;
  }

  @Filter()
  since(books: QuerySet<Book>, value: Date) {
    return books.filter({ createdAt__gte: value });
  }

  @Filter({ choices: ['cheap', 'dear'] })
  async priced(books: QuerySet<Book>, value: string) {
    return value === 'cheap' ? books.filter({ price__lt: '5' }) : books.filter({ price__gte: '5' });
  }

  @Filter({ kind: 'integer' })
  least(books: QuerySet<Book>, value: number, { principal }: ActionContext<Book>) {
    return principal.isAuthenticated ? books.filter({ views__gte: value }) : books;
  }
}

const open = { model: Book, permissions: [AllowAny], pagination: false } as const;

@ViewSet({
  model: Book,
  permissions: [AllowAny],
  pagination: false,
  path: 'books',
  filter: [
    'author__name',
    { tags__label: ['exact', 'istartswith'], tags: ['isnull'], author__books__title: ['exact'] },
  ],
  filters: {
    popular: BooleanFilter((books: QuerySet<Book>, value) => (value ? books.filter({ views__gte: 30 }) : books)),
    above: IntegerFilter((books: QuerySet<Book>, value) => books.filter({ views__gt: value })),
    dearer: NumberFilter((books: QuerySet<Book>, value) => books.filter({ price__gt: String(value) })),
    starts: TextFilter((books: QuerySet<Book>, value) => books.filter({ title__startswith: value })),
    day: DateFilter((books: QuerySet<Book>, value) => books.filter({ createdAt__gte: new Date(value) })),
    since: DateTimeFilter((books: QuerySet<Book>, value) => books.filter({ createdAt__gte: value })),
    reference: UuidFilter((books: QuerySet<Book>) => books.limit(0)),
    shelf: ChoiceFilter(['top', 'bottom'], async (books: QuerySet<Book>, value) =>
      books.filter(value === 'top' ? { views__gt: 20 } : { views__lte: 20 }),
    ),
  },
  search: ['title', '^slug', '=author__name', 'tags__label'],
  ordering: { allow: ['author__name', 'views'], default: ['-views'] },
})
class BookViewSet extends ModelViewSet<Book> {}

@ViewSet({
  ...open,
  path: 'classed',
  filter: BookFilter,
  search: { fields: ['title', 'content', 'author__name'], mode: 'fulltext', config: 'english' },
})
class ClassedViewSet extends ReadOnlyModelViewSet<Book> {}

describe.each(await scratchUrls())('lists on %s', (name, url) => {
  let shop: TestApp;
  const titles = async (query: string, path = 'books', as?: string): Promise<string> => {
    const { body, status } = await shop.call('GET', `/${path}?${query}`, { as });
    return status === 200
      ? body.map(({ title }: Book) => title).join()
      : `${status} ${Object.keys(body.errors ?? body).join()}`;
  };

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet, ClassedViewSet], providers: [Trends], url });
    await shop.work(async () => {
      const [ann, bob] = [await Author.objects.create({ name: 'Ann' }), await Author.objects.create({ name: 'Bob' })];
      const tags = [await Tag.objects.create({ label: 'Red' }), await Tag.objects.create({ label: 'Rose' })];
      for (let number = 1; number <= 4; number++) {
        const book = await Book.objects.create({
          title: `T${number}`,
          slug: `s${number}`,
          content: number % 2 ? 'The dogs were running' : 'A cat sleeps',
          views: number * 10,
          price: `${number * 2}.00`,
          isPublished: number % 2 === 1,
          author: [ann, ann, bob, null][number - 1],
        });
        if (number < 3) await Book.objects.setLinks('tags', book.id, tags);
      }
    });
  });
  afterAll(() => shop?.close());

  test.each([
    ['author__name=Ann', 'T2,T1'],
    ['tags__label=Red', 'T2,T1'],
    ['tags__label__istartswith=r', 'T2,T1'],
    ['tags__label=Red&tags__label__istartswith=ro', ''],
    ['tags__isnull=true', 'T4,T3'],
    ['author__books__title=T1', 'T2,T1'],
    ['popular=true', 'T4,T3'],
    ['popular=0', 'T4,T3,T2,T1'],
    ['above=30', 'T4'],
    ['dearer=5.5', 'T4,T3'],
    ['starts=T1', 'T1'],
    ['day=2020-02-29', 'T4,T3,T2,T1'],
    ['since=2999-01-01T00:00:00%2B02:00', ''],
    ['shelf=bottom', 'T2,T1'],
    ['shelf=top&popular=true&above=30', 'T4'],
    ['search=ann', 'T2,T1'],
    ['search=an', ''],
    ['search=S3', 'T3'],
    ['search=red', 'T2,T1'],
    ['search=%22ann%22%20t1', 'T1'],
    ['ordering=author__name', 'T1,T2,T3,T4'],
    ['ordering=-author__name,views', 'T4,T3,T1,T2'],
  ])('?%s', async (query, expected) => {
    expect(await titles(query)).toBe(expected);
  });

  test.each([
    ['popular=yes', 'popular'],
    ['above=1.5', 'above'],
    ['above=99999999999999999999', 'above'],
    ['above=2147483648', 'above'],
    ['popular=constructor', 'popular'],
    ['tags__isnull=__proto__', 'tags__isnull'],
    ['day=0000-01-01', 'day'],
    ['since=0000-01-01T00:00:00Z', 'since'],
    ['since=0001-01-01T00:00:00%2B14:00', 'since'],
    ['since=9999-12-31T23:59:59-14:00', 'since'],
    ['dearer=1e999', 'dearer'],
    ['dearer=', 'dearer'],
    ['starts=%00', 'starts'],
    ['day=2021-02-29', 'day'],
    ['since=2021-06-31T00:00:00Z', 'since'],
    ['since=2021-06-30T00:00:00', 'since'],
    ['reference=1', 'reference'],
    ['shelf=middle', 'shelf'],
    ['author__token=secret', 'author__token'],
    ['author__name__icontains=a', 'author__name__icontains'],
    ['ordering=views,-views', 'ordering'],
    ['ordering=author__token', 'ordering'],
    ['popular=1&popular=1', 'popular'],
  ])('?%s is refused by the name of the parameter', async (query, parameter) => {
    expect(await titles(query)).toBe(`400 ${parameter}`);
  });

  test('are filtered by classes, which may inject', async () => {
    expect(await titles('popular=true', 'classed')).toBe('T3,T4');
    expect(await titles('popular=true&isPublished=true', 'classed')).toBe('T3');
    expect(await titles('priced=cheap', 'classed')).toBe('T1,T2');
    expect(await titles('priced=free', 'classed')).toBe('400 priced');
    expect(await titles('since=now', 'classed')).toBe('400 since');
    expect(await titles('least=40', 'classed')).toBe('T1,T2,T3,T4');
    expect(await titles('least=40', 'classed', '1')).toBe('T4');
  });

  test('are searched by words on PostgreSQL and by parts elsewhere', async () => {
    expect(await titles('search=cat', 'classed')).toBe('T2,T4');
    expect(await titles('search=dogs%20bob', 'classed')).toBe('T3');
    expect(await titles('search=run', 'classed')).toBe('T1,T3');
    expect(await titles('search=the%20runs', 'classed')).toBe(name === 'postgresql' ? 'T1,T3' : '');
    expect(await titles('search=dog%20or%20cat', 'classed')).toBe(name === 'postgresql' ? 'T1,T2,T3,T4' : '');
    expect(await titles("search='%20%26%20!%20(", 'classed')).not.toContain('500');
    expect(await titles('search=', 'classed')).toBe('T1,T2,T3,T4');
    expect(await titles('search=%00', 'classed')).toBe('400 search');
  });
});

describe('a ViewSet does not start', () => {
  const start = async (options: object) => {
    @ViewSet({ ...open, ...options })
    class View extends ReadOnlyModelViewSet<Book> {}
    return TestApp.start({ views: [View] });
  };
  class Untyped extends FilterSet(Book) {
    @Filter() odd(books: QuerySet<Book>, _value: unknown) {
      return books;
    }
  }
  class Foreign extends FilterSet(Author) {}
  class Blind extends FilterSet(Book) {
    constructor(readonly trends: Trends) {
      super();
    }
  }

  test.each([
    [{ filter: ['author__token'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ filter: ['secret'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ filter: ['author__nope'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ filter: { title__length: ['gt'] } }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ filter: { views: ['icontains'] } }, 'VIEWSET_UNSUPPORTED_LOOKUP'],
    [{ filter: Untyped }, 'VIEWSET_INVALID_OPTION'],
    [{ filter: Foreign }, 'VIEWSET_INVALID_OPTION'],
    [{ filter: Blind }, 'VIEWSET_INVALID_OPTION'],
    [{ filter: class Nothing {} }, 'VIEWSET_INVALID_OPTION'],
    [{ filters: { popular: () => undefined } }, 'VIEWSET_INVALID_OPTION'],
    [{ filter: ['views'], filters: { views: BooleanFilter<Book>((books) => books) } }, 'VIEWSET_INVALID_OPTION'],
    [{ filters: { search: BooleanFilter<Book>((books) => books) }, search: ['title'] }, 'VIEWSET_INVALID_OPTION'],
    [{ pagination: {}, filters: { page: BooleanFilter<Book>((books) => books) } }, 'VIEWSET_INVALID_OPTION'],
    [{ search: ['=author__token'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ search: ['views'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ search: { fields: ['tags__label'], mode: 'fulltext' } }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ search: { fields: ['title'], mode: 'fulltext', config: "x'" } }, 'VIEWSET_INVALID_OPTION'],
    [{ ordering: ['tags__label'] }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ ordering: { default: ['-author__token'] } }, 'VIEWSET_UNKNOWN_FIELD'],
    [{ ordering: { allowed: ['views'] } }, 'VIEWSET_UNKNOWN_OPTION'],
    [{ ordering: ['-views'] }, 'VIEWSET_INVALID_OPTION'],
    [{ pagination: { style: 'pages' } }, 'VIEWSET_INVALID_OPTION'],
    [{ pagination: { size: 3 } }, 'VIEWSET_UNKNOWN_OPTION'],
    [{ pagination: { style: 'cursor', format: 'numbers' } }, 'VIEWSET_INVALID_OPTION'],
    [{ pagination: class Nothing {} }, 'VIEWSET_INVALID_OPTION'],
  ])('%o', async (options, code) => {
    await expect(start(options)).rejects.toMatchObject({ code });
  });
});
