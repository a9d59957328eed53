import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, MinLength } from 'class-validator';
import { Computed } from '../decorators/computed.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { Author, Book, Tag } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { InputSchema, type ValidationContext } from './input-schema.js';
import { OutputSchema } from './output-schema.js';

class BookInput extends InputSchema(Book, { omit: ['author', 'copies'], partial: ['slug'] }) {
  @MinLength(3, { message: 'Say more.' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value))
  override title!: string;

  @IsOptional() @IsIn(['soft', 'hard']) cover?: string;

  validate({ partial, instance }: ValidationContext<Book>) {
    if (this.content === 'everything') return 'Too much at once.';
    if (this.title && this.title === this.content)
      return { content: `Not the title again${partial ? ` of ${instance?.id}` : ''}.` };
    return undefined;
  }
}

class AuthorBrief extends OutputSchema(Author, { pick: ['id', 'name'] }) {}

class BookBrief extends OutputSchema(Book, { pick: ['id', 'title'] }) {
  @Computed({ from: ['content'] })
  excerpt({ content }: Pick<Book, 'content'>): string {
    return content.slice(0, 5);
  }
}

class BookOutput extends OutputSchema(Book, {
  omit: ['createdAt', 'updatedAt', 'extra', 'copies'],
  nested: { author: AuthorBrief, tags: OutputSchema(Tag, { pick: ['label'] }) },
}) {}

class HydratedBook extends BookOutput {
  @Computed()
  async shout(book: Book): Promise<string> {
    return `${book.title}! ${book instanceof Book}`;
  }
}

class AuthorOutput extends OutputSchema(Author, { pick: ['id', 'name'], nested: { books: BookBrief } }) {}

@ViewSet({ model: Book, input: BookInput, output: BookOutput, permissions: [AllowAny] })
class BookViewSet extends ModelViewSet<Book, BookInput> {
  override performCreate({ cover, ...data }: BookInput, context: ActionContext<Book, BookInput>) {
    return super.performCreate({ ...data, slug: data.slug ?? `${cover ?? 'no'}-${data.title}` }, context);
  }
}

@ViewSet({ path: 'hydrated', output: HydratedBook })
class HydratedBookViewSet extends BookViewSet {}

@ViewSet({ model: Author, output: AuthorOutput, permissions: [AllowAny], pagination: false })
class AuthorViewSet extends ModelViewSet<Author> {}

describe('schemas', () => {
  let shop: TestApp;
  let ann: Author;
  const call: TestApp['call'] = (...request) => shop.call(...request);
  const errorsOf = async (body: object) => (await call('POST', '/books', { body })).body.errors;

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet, HydratedBookViewSet, AuthorViewSet] });
  });
  afterAll(() => shop?.close());
  beforeEach(() =>
    shop.work(async () => {
      await Book.objects.delete();
      await Author.objects.delete();
      await Tag.objects.delete();
      ann = await Author.objects.create({ name: 'Ann' });
      const tags = [await Tag.objects.create({ label: 'x' }), await Tag.objects.create({ label: 'y' })];
      for (let number = 1; number <= 4; number++) {
        const author = number < 4 ? ann : null;
        const book = await Book.objects.create({
          title: `T${number}`,
          slug: `s${number}`,
          content: 'a long one',
          author,
        });
        await Book.objects.setLinks('tags', book.id, tags.slice(0, number % 3));
      }
    }),
  );

  test('added fields, rules and transforms work beside those of the model', async () => {
    const { status, body } = await call('POST', '/books', { body: { title: ' long ', cover: 'hard' } });
    expect([status, body.title, body.slug]).toEqual([201, 'LONG', 'hard-LONG']);
    expect(await errorsOf({ title: 'ab', cover: 'none' })).toEqual({
      title: [{ code: 'min_length', message: 'Say more.' }],
      cover: [{ code: 'is_in', message: expect.any(String) }],
    });
  });

  test('what is left out of the input but shown is passed over, what is neither is refused', async () => {
    expect(await errorsOf({ title: 'long', author: { id: 5 }, copies: '9', token: 1 })).toEqual({
      copies: [{ code: 'unknown_field', message: expect.any(String) }],
      token: [{ code: 'unknown_field', message: expect.any(String) }],
    });
    expect((await call('POST', '/books', { body: { title: 'long', author: ann.id } })).body.author).toBeNull();
  });

  test('the object as a whole is checked once its fields are right', async () => {
    expect(await errorsOf({ title: 'long', content: 'everything' })).toEqual({
      nonFieldErrors: [{ code: 'invalid', message: 'Too much at once.' }],
    });
    expect(Object.keys(await errorsOf({ title: 'x', content: 'everything' }))).toEqual(['title']);
    const { body } = await call('GET', '/books');
    const changed = await call('PATCH', `/books/${body.results[0].id}`, { body: { title: 'same', content: 'SAME' } });
    expect(changed.body.errors.content[0].message).toBe(`Not the title again of ${body.results[0].id}.`);
  });

  test('relations are shown as objects, one statement each, however many rows', async () => {
    const { body } = await call('GET', '/books');
    expect(body.results.map(({ author, tags }: Record<string, unknown>) => [author, tags])).toEqual([
      [{ id: ann.id, name: 'Ann' }, [{ label: 'x' }]],
      [{ id: ann.id, name: 'Ann' }, [{ label: 'x' }, { label: 'y' }]],
      [{ id: ann.id, name: 'Ann' }, []],
      [null, [{ label: 'x' }]],
    ]);
    const statements = (size: number) => shop.count(() => call('GET', `/books?pageSize=${size}`));
    expect([await statements(2), await statements(4)]).toEqual([5, 5]);
  });

  test('rows and entities are shown byte for byte alike', async () => {
    const plain = await call('GET', '/books');
    const hydrated = await call('GET', '/hydrated');
    const withoutShout = hydrated.body.results.map(({ shout: _shout, ...rest }: Record<string, unknown>) => rest);
    expect(JSON.stringify(withoutShout)).toBe(JSON.stringify(plain.body.results));
    expect(hydrated.body.results[0].shout).toBe('T1! true');
    const one = `/books/${plain.body.results[1].id}`;
    const read = await call('GET', one);
    expect((await call('PATCH', one, { body: {} })).text).toBe(read.text);
    expect((await call('GET', '/books')).text).toContain(read.text);
  });

  test('computed fields are made of the columns that they name', async () => {
    const { body } = await call('GET', '/authors');
    expect(body).toEqual([{ id: ann.id, name: 'Ann', books: expect.any(Array) }]);
    expect(body[0].books[0]).toEqual({ id: expect.any(Number), title: 'T1', excerpt: 'a lon' });
    expect(await shop.count(() => call('GET', '/authors'))).toBe(2);
  });

  test('a row that others depend on is 409, not an error of the server', async () => {
    const { status, body } = await call('DELETE', `/authors/${ann.id}`);
    expect([status, body.code]).toEqual([409, 'protected']);
  });
});
