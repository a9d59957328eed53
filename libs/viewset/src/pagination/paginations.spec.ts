import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Field, type Manager, Model, PlainModel } from '@core-framework/orm';
import { Action } from '../decorators/action.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { OutputSchema } from '../schemas/output-schema.js';
import { Computed } from '../decorators/computed.decorator.js';
import { Author, Book, Document, Tag } from '../testing/shop.models.js';
import { type Answer, TestApp } from '../testing/test-app.js';
import { scratchUrls } from '../testing/scratch-databases.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { linkWith } from './page-link.js';
import { type PagedList, Pagination } from './pagination.js';

const open = { model: Book, permissions: [AllowAny], output: OutputSchema(Book, { pick: ['id', 'title'] }) } as const;

class EntityOutput extends OutputSchema(Book, { pick: ['id', 'title'] }) {
  @Computed() upper(book: Book): string {
    return book.title.toUpperCase();
  }
}

@Model()
class Ticket extends PlainModel {
  declare static readonly objects: Manager<Ticket>;

  @Field.pk({ type: 'uuid' }) id!: string;
  @Field.uuid({ nullable: true }) batch!: string | null;
}

@ViewSet({
  model: Ticket,
  permissions: [AllowAny],
  pagination: { style: 'cursor', pageSize: 2 },
  ordering: ['id', 'batch'],
  filter: { id: ['gt'] },
})
class TicketViewSet extends ModelViewSet<Ticket> {}

/** Answers everything at once, under a name of its own. */
class Whole extends Pagination {
  override readonly parameters = [{ name: 'most', schema: { type: 'integer' } }];
  override readonly rowsMember = 'rows';

  override async paginate({ rows, query, read, request }: PagedList) {
    return { self: linkWith(request, {}), rows: await read(rows.limit(Number(query['most'] ?? 3))) };
  }

  override schemaOf(row: object) {
    return { type: 'object', properties: { rows: { type: 'array', items: row } } };
  }
}

@ViewSet({
  ...open,
  path: 'offset',
  pagination: { style: 'limitOffset', pageSize: 2, maxPageSize: 5 },
  search: ['title'],
})
class OffsetViewSet extends ModelViewSet<Book> {}

@ViewSet({
  ...open,
  path: 'cursor',
  pagination: { style: 'cursor', pageSize: 2 },
  ordering: ['price', 'isPublished', 'author', 'copies', 'createdAt', 'title'],
})
class CursorViewSet extends ModelViewSet<Book> {}

@ViewSet({
  ...open,
  path: 'entities',
  output: EntityOutput,
  pagination: { style: 'cursor', pageSize: 3, count: 'exact' },
})
class EntityViewSet extends ModelViewSet<Book> {
  override getQuerySet() {
    return super.getQuerySet().orderBy('author__name', '-price');
  }
}

@ViewSet({ ...open, path: 'whole', pagination: Whole, filter: ['isPublished'] })
class WholeViewSet extends ModelViewSet<Book> {
  override scope() {
    return { views__lt: 6 };
  }

  @Action({ pagination: { pageSize: 2, format: 'numbers' } })
  shelf() {
    return this.getQuerySet().orderBy('-title');
  }
}

@ViewSet({ ...open, path: 'estimated', pagination: { count: 'estimated', pageSize: 2 } })
class EstimatedViewSet extends ModelViewSet<Book> {}

describe.each(await scratchUrls())('lists on %s', (_name, url) => {
  let shop: TestApp;
  const get = (path: string): Promise<Answer> => shop.call('GET', path, { headers: { host: 'api.test' } });
  const follow = (link: string) => get(link.replace('http://api.test', ''));
  const titles = ({ body }: Answer): string =>
    (body.results ?? body.items ?? body.rows).map(({ title }: Book) => title).join();

  beforeAll(async () => {
    const views = [OffsetViewSet, CursorViewSet, EntityViewSet, WholeViewSet, EstimatedViewSet, TicketViewSet];
    shop = await TestApp.start({ views, url, models: [Author, Book, Tag, Document, Ticket] });
    await shop.work(async () => {
      const authors = [
        await Author.objects.create({ name: 'Ann' }),
        await Author.objects.create({ name: 'Bob' }),
        null,
      ];
      for (let number = 1; number <= 7; number++) {
        await Book.objects.create({
          title: `T${number}`,
          slug: `s${number}`,
          views: number,
          price: number % 3 ? `${number % 2}.50` : null,
          copies: BigInt(number % 2) * 2n ** 60n,
          isPublished: number % 2 === 1,
          author: authors[number % 3],
        });
      }
    });
  });
  afterAll(() => shop?.close());

  test('are cut by limit and offset', async () => {
    const { body } = await get('/offset?limit=3&offset=2&search=T');
    expect(body).toMatchObject({
      count: 7,
      next: 'http://api.test/offset?limit=3&offset=5&search=T',
      previous: 'http://api.test/offset?limit=3&search=T',
    });
    expect(titles(await get('/offset?limit=3&skip=2'))).toBe('T3,T4,T5');
    expect((await get('/offset?limit=3&skip=2')).body.next).toBe('http://api.test/offset?limit=3&skip=5');
    expect((await get('/offset?limit=100')).body.results).toHaveLength(5);
    expect((await get('/offset?offset=100')).body).toMatchObject({
      results: [],
      count: 7,
      next: null,
      previous: expect.stringContaining('offset=98'),
    });
    expect(titles(await get('/offset?limit=abc&offset=-1'))).toBe('T1,T2');
    expect((await get('/offset?offset=1&skip=1')).body.errors).toHaveProperty('skip');
    expect((await get('/offset?page=1')).body.errors).toHaveProperty('page');
  });

  test.each([
    '',
    'ordering=price',
    'ordering=-price',
    'ordering=-isPublished',
    'ordering=isPublished,-price',
    'ordering=author,-price',
    'ordering=-author',
    'ordering=-copies,price',
    'ordering=-createdAt',
  ])('are walked by cursors, every row once and the same way back: %s', async (query) => {
    const whole = titles(await get(`/cursor?pageSize=100&${query}`)).split(',');
    const forth: string[] = [];
    let page = await get(`/cursor?${query}`);
    expect(page.body).not.toHaveProperty('count');
    expect(page.body.previous).toBeNull();
    for (;;) {
      forth.push(titles(page));
      if (!page.body.next) break;
      page = await follow(page.body.next);
    }
    expect(forth.join().split(',')).toEqual(whole);
    expect(new Set(whole).size).toBe(7);
    const back: string[] = [titles(page)];
    while (page.body.previous) back.unshift(titles((page = await follow(page.body.previous))));
    expect(back).toEqual(forth);
  });

  test('are walked by cursors where entities are read and sorted by columns of other tables', async () => {
    const first = await get('/entities');
    expect(first.body.count).toBe(7);
    const second = await follow(first.body.next);
    const third = await follow(second.body.next);
    expect([first, second, third].map(titles)).toEqual(['T3,T6,T1', 'T7,T4,T5', 'T2']);
    expect(new Set([first, second, third].flatMap((one) => titles(one).split(','))).size).toBe(7);
    expect(titles(await follow(third.body.previous))).toBe(titles(second));
  });

  test.each(['', 'ordering=-id', 'ordering=batch', 'ordering=-batch'])('are walked by UUIDs: %s', async (query) => {
    const tickets = await shop.work(async () => {
      await Ticket.objects.delete();
      const batches = [randomUUID(), randomUUID(), null];
      return Ticket.objects.bulkCreate(
        Array.from({ length: 7 }, (_, index) => ({ batch: batches[index % 3] ?? null })),
      );
    });
    const whole = (await get(`/tickets?pageSize=100&${query}`)).body.results.map(({ id }: Ticket) => id);
    const walked: string[] = [];
    for (let page = await get(`/tickets?${query}`); ; page = await follow(page.body.next)) {
      walked.push(...page.body.results.map(({ id }: Ticket) => id));
      if (!page.body.next) break;
    }
    expect(walked).toEqual(whole);
    expect(walked.toSorted()).toEqual(tickets.map(({ id }) => id).toSorted());
    const beyond = await get(`/tickets?pageSize=100&ordering=id&id__gt=${walked.toSorted()[2]}`);
    expect(beyond.body.results).toHaveLength(4);
  });

  test('refuse cursors that no link of theirs said', async () => {
    const { next } = (await get('/cursor?ordering=price')).body;
    const cursor = new URL(next).searchParams.get('cursor')!;
    const changed = `${cursor.slice(0, -3)}${cursor.at(-3) === 'A' ? 'B' : 'A'}${cursor.slice(-2)}`;
    for (const text of [
      changed,
      'x',
      '@@@',
      '%00',
      cursor.slice(4),
      `${cursor}AAAA`,
      Buffer.from('[0,[1]]').toString('base64url').repeat(4),
    ]) {
      const { status, body } = await get(`/cursor?ordering=price&cursor=${encodeURIComponent(text)}`);
      expect([status, body.errors?.cursor]).toEqual([400, [expect.objectContaining({ code: 'invalid_cursor' })]]);
    }
    expect((await get(`/cursor?ordering=-price&cursor=${cursor}`)).status).toBe(400);
    expect((await get(`/cursor?ordering=price&cursor=${cursor}`)).status).toBe(200);
  });

  test('go on from where a cursor points although its row has been deleted', async () => {
    const first = await get('/cursor');
    const second = await follow(first.body.next);
    expect([titles(first), titles(second)]).toEqual(['T1,T2', 'T3,T4']);
    await shop.work(() => Book.objects.filter({ title__in: ['T2', 'T3'] }).delete());
    expect(titles(await follow(first.body.next))).toBe('T4,T5');
    expect(titles(await follow(second.body.previous))).toBe('T1');
    await shop.work(() => Book.objects.filter({ views__gt: 3 }).delete());
    const empty = await follow(second.body.next);
    expect(empty.body).toMatchObject({ results: [], next: null });
    expect(titles(await follow(empty.body.previous))).toBe('T1');
    await shop.work(async () => {
      for (const number of [2, 3, 4, 5, 6, 7]) {
        await Book.objects.create({
          title: `T${number}`,
          slug: `s${number}`,
          views: number,
          isPublished: number % 2 === 1,
        });
      }
    });
  });

  test('are cut by a class of the application', async () => {
    expect((await get('/whole?isPublished=true&most=2')).body).toMatchObject({
      self: 'http://api.test/whole?isPublished=true&most=2',
    });
    expect(titles(await get('/whole?isPublished=true&most=2'))).toBe('T1,T3');
    expect((await get('/whole?page=1')).status).toBe(400);
  });

  test('of actions obey the scope, the filters and the pagination that the action names', async () => {
    expect((await get('/whole/shelf?isPublished=true')).body).toMatchObject({ page: 1, per_page: 2, total: 3 });
    expect(titles(await get('/whole/shelf?isPublished=true&page=2'))).toBe('T1');
    expect((await get('/whole/shelf?most=1')).body.errors).toHaveProperty('most');
  });

  test('estimate their length only where it is known to be large', async () => {
    expect((await get('/estimated')).body).toMatchObject({ count: 7 });
    expect((await get('/estimated?page=9')).status).toBe(404);
  });
});
