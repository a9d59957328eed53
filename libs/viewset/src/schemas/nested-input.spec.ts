import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { Book } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';
import { InputSchema } from './input-schema.js';

class Line {
  @IsInt() quantity!: number;
}

class BookInput extends InputSchema(Book, { pick: ['title', 'slug', 'extra'] }) {
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Line)
  lines?: Line[];

  @IsOptional()
  @IsObject()
  notes?: object;
}

@ViewSet({ model: Book, input: BookInput, permissions: [AllowAny] })
class BookViewSet extends ModelViewSet<Book, BookInput> {}

describe('objects inside of an input', () => {
  let shop: TestApp;
  let slugs = 0;
  const post = (rest: object) => shop.call('POST', '/books', { body: { title: 'Long', slug: `s${++slugs}`, ...rest } });
  const codesOf = async (rest: object) => {
    const { status, body } = await post(rest);
    const errors = (body.errors ?? {}) as Record<string, { code: string }[]>;
    return [status, Object.entries(errors).map(([path, found]) => [path, found.map(({ code }) => code)])];
  };

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet] });
  });
  afterAll(() => shop?.close());

  test('are held to the rules of their class, which refuse other keys at every depth', async () => {
    expect(await codesOf({ lines: [{ quantity: 1 }] })).toEqual([201, []]);
    expect(await codesOf({ lines: [{ quantity: 'x' }, { quantity: 1, isAdmin: true }] })).toEqual([
      400,
      [
        ['lines.0.quantity', ['is_int']],
        ['lines.1.isAdmin', ['unknown_field']],
      ],
    ]);
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('may not have the key %s', async (key) => {
    expect(await codesOf({ notes: { deep: [{ [key]: { name: 'x' } }] } })).toEqual([
      400,
      [['notes', ['reserved_key']]],
    ]);
    expect(await codesOf({ lines: [{ quantity: 1, [key]: 1 }] })).toEqual([400, [['lines', ['reserved_key']]]]);
  });

  test('may not be nested so deeply that nothing could walk through them', async () => {
    const send = (depth: number) => {
      const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      const body = `{"title":"Deep","slug":"deep","notes":{"deep":${deep}}}`;
      return shop.call('POST', '/books', { headers: { 'content-type': 'application/json' }, body });
    };
    expect(await send(50_000)).toMatchObject({ status: 400, body: { errors: { notes: [{ code: 'too_deep' }] } } });
    expect(await send(50)).toMatchObject({ status: 201 });
  });

  test.each<[unknown]>([
    [{ constructor: 'Ferrari' }],
    [{ constructor: { x: 1 } }],
    [{ toString: 1 }],
    [[{ valueOf: null }]],
    ['text'],
  ])('are stored as they came when they are JSON documents: %j', async (extra) => {
    const { status, body } = await post({ extra });
    expect([status, body.extra]).toEqual([201, extra]);
  });
});
