import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ViewSet } from './decorators/viewset.decorator.js';
import { AllowAny } from './permissions/standard.permissions.js';
import { Author, Book, Document } from './testing/shop.models.js';
import { TestApp } from './testing/test-app.js';
import { ModelViewSet } from './views/model.viewset.js';

@ViewSet({
  model: Book,
  permissions: [AllowAny],
  uniqueFields: ['slug'],
  filter: [
    {
      views: ['exact', 'in', 'range'],
      title: ['exact', 'icontains'],
      createdAt: ['gte', 'day'],
      author: ['exact', 'in'],
      price: ['lt'],
      copies: ['exact'],
    },
  ],
  search: ['title'],
  ordering: ['views'],
})
class BookViewSet extends ModelViewSet<Book> {}

@ViewSet({ model: Document, permissions: [AllowAny], lookupField: 'reference' })
class DocumentViewSet extends ModelViewSet<Document> {}

const NUMBERS = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '1e400',
  'NaN',
  'Infinity',
  '2147483648',
  '9223372036854775808',
  '9'.repeat(60),
  '0x10',
  '１',
];
const TEXTS = [
  '',
  ' ',
  '%00',
  '%ff',
  "'",
  '";--',
  '%',
  '_',
  '\\',
  '[object Object]',
  '__proto__',
  'null',
  'true',
  '😀',
  '\ud83d',
  '../..',
  '%2e%2e',
  '{}',
  '[]',
];
const VALUES: readonly unknown[] = [
  ...NUMBERS,
  ...TEXTS.map((text) => text.replaceAll('%00', '\0')),
  null,
  true,
  -1,
  1.5,
  2147483648,
  Number.MAX_SAFE_INTEGER,
  1e300,
  [],
  [null],
  [[]],
  [1, 1],
  ['a'],
  {},
  { id: 1 },
  { $gt: 0 },
  { toString: 1 },
  'x'.repeat(10_000),
  '2026-02-30T00:00:00Z',
];

describe('nothing that a client sends is an error of the server', () => {
  let shop: TestApp;
  let path: string;

  beforeAll(async () => {
    const url = process.env['TEST_DATABASE_URL'];
    shop = await TestApp.start({ views: [BookViewSet, DocumentViewSet], ...(url && { url }) });
    const book = await shop.work(async () =>
      Book.objects.create({ title: 'T', slug: 't', author: await Author.objects.create({ name: 'Ann' }) }),
    );
    path = `/books/${book.id}`;
  });
  afterAll(() => shop?.close());

  test('as a query parameter', async () => {
    const names = [
      'views',
      'views__in',
      'views__range',
      'title',
      'title__icontains',
      'createdAt__gte',
      'createdAt__day',
      'author',
      'author__in',
    ];
    for (const name of [
      ...names,
      'price__lt',
      'copies',
      'search',
      'ordering',
      'page',
      'pageSize',
      '__proto__',
      'constructor',
    ]) {
      for (const value of [...NUMBERS, ...TEXTS, '1,2', '1,', ',']) {
        const { status } = await shop.call(
          'GET',
          `/books?${name}=${value.includes('%') ? value : encodeURIComponent(value.toWellFormed())}`,
        );
        expect([name, value, status < 500]).toEqual([name, value, true]);
      }
    }
  });

  test('as a lookup value', async () => {
    for (const value of [...NUMBERS, ...TEXTS.filter((text) => !/^(?:\s*|\.\..*)$/.test(text))]) {
      for (const base of ['/books', '/documents']) {
        const address = `${base}/${value.includes('%') ? value : encodeURIComponent(value.toWellFormed())}`;
        const { status } = await shop.call('GET', address);
        expect([address, status < 500]).toEqual([address, true]);
      }
    }
  });

  test('as a field of a body, or as the body', async () => {
    const fields = [
      'title',
      'slug',
      'content',
      'isPublished',
      'price',
      'secret',
      'copies',
      'extra',
      'author',
      'tags',
      'id',
      'version',
      '__proto__',
      'toString',
    ];
    for (const value of VALUES) {
      for (const field of fields) {
        const { status } = await shop.call('PATCH', path, {
          headers: { 'content-type': 'application/json' },
          body: `{${JSON.stringify(field)}:${JSON.stringify(value)}}`,
        });
        expect([field, value, status < 500]).toEqual([field, value, true]);
      }
      const headers = { 'content-type': 'application/json' };
      const { status } = await shop.call('POST', '/books', { headers, body: JSON.stringify(value) });
      expect([value, [400, 201].includes(status)]).toEqual([value, true]);
    }
  });

  test('as a header of a version', async () => {
    for (const value of ['', '"', 'W/', '*', '"1', '"x"', ',', '"1","2"', '"-"']) {
      const { status } = await shop.call('PATCH', path, {
        body: {},
        headers: { 'if-match': value, 'if-none-match': value },
      });
      expect([value, status < 500]).toEqual([value, true]);
    }
  });
});
