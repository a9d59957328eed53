import { BadRequestException, ConflictException } from '@core-framework/common';
import { BaseModel, CoreOrmModule, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import {
  Action,
  ActionContext,
  AllowAny,
  Context,
  Instance,
  ModelViewSet,
  ViewSet,
  ViewSetModule,
} from '@core-framework/viewset';
import { SettingsModule } from '@core-framework/config';
import { Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { databaseKinds, SERVERS } from '../support/databases.js';

const HIDDEN = 'a-hash-that-nobody-sees';

@Model({ tableName: 'answer_writers' })
class Writer extends BaseModel {
  declare static readonly objects: Manager<Writer>;
  @Field.string({ maxLength: 50 }) name!: string;
  @Field.string({ maxLength: 50, hidden: true }) passwordHash!: string;
}

@Model({ tableName: 'answer_books' })
class Book extends BaseModel {
  declare static readonly objects: Manager<Book>;
  @Field.string({ maxLength: 50 }) title!: string;
  @Field.string({ maxLength: 50, hidden: true }) note!: string;
  @Field.string({ maxLength: 50, nullable: true, writeOnly: true }) secret!: string | null;
  @Field.foreignKey(() => Writer, { onDelete: 'cascade' }) writer!: Ref<Writer>;
}

const whole = (id: number) => Book.objects.selectRelated('writer').get({ id });

/** What handlers answer that do not think about it. */
const CARELESS: Readonly<Record<string, (book: Book) => unknown>> = {
  row: (book) => book,
  rows: (book) => [book],
  member: (book) => ({ book, more: { books: [book] } }),
  spread: (book) => ({ ...book }),
  assigned: (book) => Object.assign(Object.create(Object.prototype) as object, book),
  dictionary: (book) => book.toDict(),
  related: (book) => whole(book.id),
  relatedMember: async (book) => ({ book: await whole(book.id) }),
  relatedSpread: async (book) => ({ ...(await whole(book.id)) }),
  writer: async (book) => (await whole(book.id)).writer,
  map: (book) => new Map([['book', book]]),
  refusal: (book) => {
    throw new BadRequestException({ message: 'No.', book });
  },
  conflict: (book) => {
    throw new ConflictException(JSON.stringify({ title: book.title }));
  },
  failure: (book) => {
    throw Object.assign(new Error(book.note), { book });
  },
};

@ViewSet({ path: 'books', model: Book, permissions: [AllowAny] })
class BookViewSet extends ModelViewSet<Book> {
  @Action({ detail: true, path: 'careless/:how' })
  careless(@Instance() book: Book, @Context() { params }: ActionContext<Book>) {
    return CARELESS[params.how ?? '']?.(book);
  }
}

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ schema: 'update' }),
    CoreOrmModule.forFeature([Writer, Book]),
    ViewSetModule.forRoot(),
    ViewSetModule.forFeature([BookViewSet]),
  ],
})
class AppModule {}

describe.each(await databaseKinds())('answers on %s', (kind) => {
  let app: TestApp;
  let id: number;
  beforeAll(async () => {
    app = await createTestApp(AppModule, { database: SERVERS[kind] });
    await app.work(async () => {
      const writer = await Writer.objects.create({ name: 'Ann', passwordHash: HIDDEN });
      id = (await Book.objects.create({ title: 'One', note: HIDDEN, secret: HIDDEN, writer })).id;
    });
  });
  afterAll(() => app?.close());

  test.each(Object.keys(CARELESS))(
    'SEC-74: a handler that answers a row as "%s" shows nothing hidden',
    async (name) => {
      const answer = await app.client.get(`/api/v1/books/${id}/careless/${name}`);
      expect(answer.status).not.toBe(404);
      expect(answer.text).not.toMatch(/a-hash-that-nobody-sees|passwordHash|"note"|"secret"/);
    },
  );

  test('SEC-74: nor does a copy of it, whatever made the row', async () => {
    await app.work(async () => {
      const made = new Book();
      Object.assign(made, { title: 'Two', note: HIDDEN, secret: HIDDEN });
      for (const book of [made, await Book.objects.get({ id }), await whole(id)]) {
        for (const copy of [{ ...book }, structuredClone(book.toDict()), Object.entries(book)]) {
          expect(JSON.stringify(copy)).not.toContain(HIDDEN);
        }
        expect([book.note, book.secret]).toEqual([HIDDEN, HIDDEN]);
      }
      const book = await Book.objects.get({ id });
      book.note = 'changed';
      await book.save();
      expect(await Book.objects.values('note', 'secret')).toEqual([{ note: 'changed', secret: HIDDEN }]);
    });
  });
});
