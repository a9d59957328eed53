import 'reflect-metadata';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  BaseModel,
  type Collection,
  CoreOrmModule,
  Count,
  type DatabaseSeeder,
  defineFactory,
  dumpData,
  Field,
  loadData,
  type Manager,
  Model,
  onCommit,
  Q,
  readFixtures,
  type Ref,
  Repository,
  runInContext,
  Seeder,
  type SeederContext,
  SeederService,
  Service,
  Sum,
  writeFixtures,
} from '@core-framework/orm';

const iban = () =>
  Field.string({
    maxLength: 34,
    nullable: true,
    normalize: (value) => value.replaceAll(' ', '').toUpperCase(),
    validators: [(value) => (/^[A-Z]{2}\d{2}[A-Z\d]+$/.test(value) ? undefined : 'Enter a valid IBAN.')],
    schema: { format: 'iban' },
  });

@Model()
export class Author extends BaseModel {
  declare static readonly objects: Manager<Author>;

  @Field.string({ maxLength: 80, unique: true }) name!: string;
  @iban() account!: string | null;
  @Field.oneToMany(() => Book, (book) => book.author) books!: Collection<Book>;
}

@Model()
export class Book extends BaseModel {
  declare static readonly objects: Manager<Book>;

  @Field.string({ maxLength: 200 }) title!: string;
  @Field.date() publishedOn!: string;
  @Field.integer({ default: 0, min: 0 }) copies = 0;
  @Field.foreignKey(() => Author, { onDelete: 'cascade' }) author!: Ref<Author>;
}

@Injectable()
export class BookRepository extends Repository(Book) {
  inStock() {
    return this.filter({ copies__gt: 0 }).orderBy('title').all();
  }

  perAuthor() {
    return this.objects
      .groupBy('author__name')
      .annotate({ books: Count(), copies: Sum('copies'), scarce: Count({ filter: Q({ copies__lt: 10 }) }) })
      .filter({ books__gte: 2 })
      .orderBy('-copies')
      .all();
  }
}

@Injectable()
export class BookService extends Service(BookRepository) {
  readonly announced: string[] = [];

  protected override async afterCreate(book: Book) {
    onCommit(() => this.announced.push(book.title));
  }
}

export const AuthorFactory = defineFactory(Author, (faker, sequence) => ({
  name: `${faker.person.fullName()} ${sequence}`,
}));

export const BookFactory = defineFactory(
  Book,
  (faker) => ({
    title: faker.book.title(),
    publishedOn: faker.date.past().toISOString().slice(0, 10),
    author: AuthorFactory,
  }),
  { states: { stocked: (faker) => ({ copies: faker.number.int({ min: 1, max: 50 }) }) } },
);

@Seeder()
export class AuthorSeeder implements DatabaseSeeder {
  async run({ count = 3 }: SeederContext) {
    await AuthorFactory.seed(1).has('books', BookFactory.state('stocked'), 2).createMany(count);
  }
}

@Seeder({ dependsOn: [AuthorSeeder] })
export class ClassicsSeeder implements DatabaseSeeder {
  constructor(private readonly books: BookService) {}

  async run() {
    const author = await Author.objects.earliest('id');
    await this.books.create({ title: 'The Odyssey', publishedOn: '1614-01-01', copies: 4, author });
  }
}

async function backUpAndRestore() {
  const dump: string[] = [];
  for await (const line of writeFixtures(dumpData())) dump.push(line);
  await Author.objects.delete();
  return loadData(readFixtures(dump));
}

@Module({
  imports: [
    CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }),
    CoreOrmModule.forFeature([Author, Book]),
  ],
  providers: [BookRepository, BookService, AuthorSeeder, ClassicsSeeder],
})
class LibraryModule {}

const app = await NestFactory.createApplicationContext(LibraryModule, { logger: false });
await app.get(SeederService).run(['Author', 'Classics'], { count: 2 });

export const outcome = await runInContext(async () => {
  const books = app.get(BookService);
  const page = await books.paginate({ page: 1, perPage: 2 });
  const authors = await books.repository.perAuthor();
  const loaded = await backUpAndRestore();

  return { total: page.total, authors: authors.length, announced: books.announced, loaded };
});
await app.close();
