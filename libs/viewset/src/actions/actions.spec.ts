import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ConflictException } from '@core-framework/common';
import { onCommit } from '@core-framework/orm';
import { Injectable } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Action } from '../decorators/action.decorator.js';
import { Context, Input, Instance } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { OutputSchema } from '../schemas/output-schema.js';
import { Author, Book } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from '../views/api.view.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Injectable()
class Ledger {
  readonly entries: string[] = [];
}

class Reprint {
  @IsInt() @Min(1) copies!: number;
  @IsOptional() @IsString() note?: string;
}

class BookTitle extends OutputSchema(Book, { pick: ['title', 'isPublished'] }) {}

@ViewSet({ model: Book, permissions: [AllowAny] })
class BookViewSet extends ModelViewSet<Book> {
  constructor(private readonly ledger: Ledger) {
    super();
  }

  override performCreateValidation(data: Partial<Book>) {
    return { ...data, slug: data.slug ?? 'made' };
  }

  override beforeCreate(data: Partial<Book>) {
    this.ledger.entries.push(`before ${data.slug}`);
  }

  override async afterCreate(book: Book) {
    this.ledger.entries.push(`after ${book.id > 0}`);
    onCommit(() => this.ledger.entries.push('committed'));
    if (book.title === 'refused') throw new ConflictException('No such book.');
  }

  override async afterDestroy(book: Book) {
    this.ledger.entries.push(`gone ${book.title}`);
  }

  @Action({ method: 'POST' })
  async publish(@Instance() book: Book, @Context() { action }: ActionContext) {
    book.isPublished = true;
    await book.save();
    return { action, book };
  }

  @Action({ method: 'POST', output: BookTitle })
  async reprint(@Instance() book: Book, @Input() { copies, note = '' }: Reprint) {
    book.title = `${copies}${note}`;
    await book.save();
    return book;
  }

  @Action({ method: 'POST', transaction: false })
  async fail(@Instance() book: Book) {
    await this.#breakAfterSaving(book);
  }

  @Action({ method: 'POST' })
  async failWhole(@Instance() book: Book) {
    await this.#breakAfterSaving(book);
  }

  @Action({ output: [BookTitle] })
  featured() {
    return this.getQuerySet().filter({ isPublished: true }).all();
  }

  @Action({ methods: ['GET', 'DELETE'], path: 'rating/:stars', detail: true })
  rating({ params, method, instance }: ActionContext<Book>) {
    return { method, stars: params['stars'], title: instance.title };
  }

  @Action({ method: 'POST', status: 202 })
  import() {
    return { queued: 10n };
  }

  async #breakAfterSaving(book: Book) {
    book.title = 'half';
    await book.save();
    throw new ConflictException();
  }
}

@ViewSet({ path: 'time', permissions: [AllowAny] })
class TimeView extends ApiView {
  get() {
    return { zone: 'UTC' };
  }

  @Action({ input: Reprint, status: 201 })
  post({ input }: ActionContext<object, Reprint>) {
    return { copies: input.copies };
  }
}

describe('actions', () => {
  let shop: TestApp;
  let book: Book;
  const ledger = new Ledger();
  const call: TestApp['call'] = (...request) => shop.call(...request);
  const reread = () => shop.work(() => Book.objects.get({ id: book.id }));

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet, TimeView], providers: [{ provide: Ledger, useValue: ledger }] });
  });
  afterAll(() => shop?.close());
  beforeEach(async () => {
    ledger.entries.length = 0;
    await shop.work(async () => {
      await Book.objects.delete();
      book = await Book.objects.create({ title: 'T', slug: 't', author: await Author.objects.create({ name: 'Ann' }) });
    });
  });

  test('POST actions answer 200 with what they return, rows shown by the schema', async () => {
    const { status, body } = await call('POST', `/books/${book.id}/publish`);
    expect(status).toBe(200);
    expect(body.action).toBe('publish');
    expect(body.book).toMatchObject({ id: book.id, isPublished: true, tags: [], copies: '1' });
    expect(body.book).not.toHaveProperty('secret');
    expect((await reread()).isPublished).toBe(true);
  });

  test('the type of the input parameter is the schema of the body', async () => {
    const path = `/books/${book.id}/reprint`;
    const wrong = await call('POST', path, { body: { copies: 0, nope: 1 } });
    expect([wrong.status, wrong.body.errors]).toEqual([
      400,
      {
        nope: [{ code: 'unknown_field', message: 'This field is not known here.' }],
        copies: [{ code: 'min', message: expect.any(String) }],
      },
    ]);
    expect((await call('POST', path)).body.errors.copies).toMatchObject([{ code: 'required' }]);
    expect((await call('POST', path, { body: { copies: 2, note: ' x ' } })).text).toBe(
      '{"title":"2x","isPublished":false}',
    );
  });

  test('list actions have a path of their own, whatever object is called like them', async () => {
    await call('POST', `/books/${book.id}/publish`);
    expect((await call('GET', '/books/featured')).body).toEqual([{ title: 'T', isPublished: true }]);
    for (const verb of ['PUT', 'PATCH', 'DELETE']) {
      const wrong = await call(verb, '/books/featured', verb === 'DELETE' ? {} : { body: {} });
      expect([verb, wrong.status, wrong.headers.allow]).toEqual([verb, 405, 'GET, HEAD, OPTIONS']);
    }
    const importing = await call('GET', '/books/import');
    expect([importing.status, importing.headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });

  test('several verbs may share a path with parameters', async () => {
    expect((await call('GET', `/books/${book.id}/rating/5`)).body).toEqual({ method: 'GET', stars: '5', title: 'T' });
    expect((await call('DELETE', `/books/${book.id}/rating/4`)).body).toMatchObject({ method: 'DELETE', stars: '4' });
    const wrong = await call('POST', `/books/${book.id}/rating/4`);
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, DELETE, OPTIONS']);
  });

  test('detail actions are 404 when there is no such object', async () => {
    expect((await call('POST', '/books/999999/publish')).status).toBe(404);
    expect((await call('GET', '/books/abc/rating/4')).body.detail).toMatchObject({
      error: 'invalid_lookup_value',
      value: 'abc',
    });
  });

  test('a status may be named, big integers are texts', async () => {
    expect(await call('POST', '/books/import')).toMatchObject({ status: 202, body: { queued: '10' } });
  });

  test('an unsafe action is one transaction unless it says otherwise', async () => {
    expect((await call('POST', `/books/${book.id}/failWhole`)).status).toBe(409);
    expect((await reread()).title).toBe('T');
    expect((await call('POST', `/books/${book.id}/fail`)).status).toBe(409);
    expect((await reread()).title).toBe('half');
  });

  test('hooks run in order, inside the transaction', async () => {
    expect((await call('POST', '/books', { body: { title: 'refused', slug: 'no' } })).status).toBe(409);
    expect(ledger.entries).toEqual(['before no', 'after true']);
    expect(await shop.work(() => Book.objects.filter({ slug: 'no' }).exists())).toBe(false);
    await call('POST', '/books', { body: { title: 'kept', slug: 'yes' } });
    expect(ledger.entries.slice(2)).toEqual(['before yes', 'after true', 'committed']);
    await call('DELETE', `/books/${book.id}`);
    expect(ledger.entries.at(-1)).toBe('gone T');
  });

  test('methods stay methods that other code may call', async () => {
    const view = new BookViewSet(ledger);
    expect(
      view.rating({ params: { stars: '1' }, method: 'GET', instance: book } as unknown as ActionContext<Book>),
    ).toEqual({
      method: 'GET',
      stars: '1',
      title: 'T',
    });
  });

  test('an ApiView answers by its methods', async () => {
    expect((await call('GET', '/time')).body).toEqual({ zone: 'UTC' });
    expect(await call('POST', '/time', { body: { copies: 3 } })).toMatchObject({ status: 201, body: { copies: 3 } });
    const wrong = await call('DELETE', '/time');
    expect([wrong.status, wrong.headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
  });
});
