import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OpenApiDocument, OpenApiRegistry } from '@core-framework/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { Action } from '../decorators/action.decorator.js';
import { Input, Instance } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { InputSchema } from '../schemas/input-schema.js';
import { OutputSchema } from '../schemas/output-schema.js';
import { Author, Book } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

class Rejection {
  @IsString() @MaxLength(200) reason!: string;
  @IsOptional() @IsString() note?: string;
}

class Shelving extends InputSchema(Book, { pick: ['title'] }) {
  @IsOptional() @ArrayUnique() @IsArray() @IsString({ each: true }) @MaxLength(9, { each: true }) marks?:
    string[] | null;
  @IsOptional() @IsIn(['up', 'down']) where?: string;
  @IsOptional() @IsString() slug?: string;
}

@ViewSet({
  model: Book,
  output: OutputSchema(Book, { nested: { author: OutputSchema(Author, { pick: ['id', 'name'] }) } }),
  permissionsByAction: { list: [AllowAny] },
  filter: [{ views: ['gte'] }],
  ordering: ['views'],
})
class BookViewSet extends ModelViewSet<Book> {
  @Action({ method: 'POST', output: OutputSchema(Book, { pick: ['id'] }) })
  reject(@Instance() book: Book, @Input() _input: Rejection) {
    return book;
  }

  @Action({ method: 'POST', detail: true, errors: [422, 503] })
  shelve(@Input() _input: Shelving) {
    return {};
  }

  @Action({ methods: ['GET', 'DELETE'], path: 'rating/:stars', detail: true })
  rating() {
    return {};
  }
}

@ViewSet({ path: 'authors/books', model: Book, tags: ['Shelf'] })
class AuthorBookViewSet extends ModelViewSet<Book> {}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: string[];
  readonly parameters?: { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { schema: { $ref: string } }> };
  readonly responses: Record<
    string,
    { readonly $ref?: string; readonly content?: Record<string, { schema: { $ref?: string } }> }
  >;
  readonly security: object[];
}

describe('the OpenAPI document', () => {
  let shop: TestApp;
  let document: OpenApiDocument;
  const operation = (verb: string, path: string) => document.paths[path]?.[verb] as Operation;
  const schemas = () =>
    document.components?.['schemas'] as Record<string, { properties: Record<string, object>; required?: string[] }>;

  beforeAll(async () => {
    shop = await TestApp.start({ views: [BookViewSet, AuthorBookViewSet] });
    const config = new DocumentBuilder().setOpenAPIVersion('3.1.0').build();
    document = SwaggerModule.createDocument(shop.app, config) as unknown as OpenApiDocument;
    for (const contribute of shop.app.get(OpenApiRegistry).contributors) contribute(document);
  });
  afterAll(() => shop?.close());

  test('names every operation once', () => {
    const ids = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map((one) => (one as Operation).operationId),
    );
    expect(ids.toSorted()).toEqual(
      ['book', 'authorBook']
        .flatMap((name) =>
          ['List', 'Create', 'Retrieve', 'Update', 'PartialUpdate', 'Destroy'].map((action) => name + action),
        )
        .concat('apiIndex', 'bookReject', 'bookShelve', 'bookRatingGet', 'bookRatingDelete')
        .toSorted(),
    );
    expect(JSON.stringify(document)).not.toContain('x-core-route');
  });

  test('describes lists with their parameters and a page of their own', () => {
    const { parameters, responses, security, summary } = operation('get', '/books');
    expect(summary).toBe('List books');
    expect(parameters?.map(({ name }) => name)).toEqual(['views__gte', 'ordering', 'page', 'pageSize']);
    expect(parameters?.[1]?.schema).toEqual({ type: 'array', items: { type: 'string', enum: ['views', '-views'] } });
    expect(responses[200]?.content?.['application/json']?.schema).toEqual({
      $ref: '#/components/schemas/BookOutputPage',
    });
    expect(Object.keys(responses).toSorted()).toEqual(['200', '400', '401', '404', '429', 'default']);
    expect(security).toEqual([{}, { test: [] }]);
  });

  test('describes what is sent and what comes back', () => {
    const create = operation('post', '/books');
    expect(create.requestBody).toEqual({
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/BookInput' } } },
    });
    expect(Object.keys(create.responses)).toEqual(['201', '400', '401', '403', '409', '413', '415', '429', 'default']);
    expect(schemas()['BookInput']?.required).toEqual(['title', 'slug']);
    expect(schemas()['BookInput']?.properties['views']).toBeUndefined();
    expect(schemas()['BookInput']?.properties['price']).toMatchObject({ type: ['string', 'null'] });
    expect(schemas()['PatchedBookInput']?.required).toBeUndefined();
    expect(schemas()['BookOutput']?.properties['author']).toEqual({
      anyOf: [{ $ref: '#/components/schemas/AuthorOutput' }, { type: 'null' }],
    });
    expect(schemas()['BookOutput']?.properties).not.toHaveProperty('secret');
    expect(schemas()['AuthorOutput']?.properties).not.toHaveProperty('token');
  });

  test('gives schemas of one name but another content names of their own', () => {
    expect(schemas()['BookOutput2']?.properties['id']).toBeDefined();
    const page = operation('get', '/authors/books').responses[200]?.content?.['application/json']?.schema.$ref;
    expect(page).toBe('#/components/schemas/BookOutput3Page');
    expect(operation('get', '/authors/books').tags).toEqual(['Shelf']);
  });

  test('describes actions by their schemas and the rules of class-validator', () => {
    const { requestBody, responses, parameters } = operation('post', '/books/{id}/reject');
    expect(requestBody?.content['application/json']?.schema).toEqual({ $ref: '#/components/schemas/Rejection' });
    expect(schemas()['Rejection']).toEqual({
      type: 'object',
      properties: { reason: { type: 'string', maxLength: 200 }, note: { type: ['string', 'null'] } },
      required: ['reason'],
      additionalProperties: false,
    });
    expect(Object.keys(responses)).toContain('412');
    expect(parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: expect.objectContaining({ type: 'integer' }) },
    ]);
    expect(operation('delete', '/books/{id}/rating/{stars}').parameters?.map(({ name }) => name)).toEqual([
      'id',
      'stars',
    ]);
  });

  test('describes rules of items as such, null where it is taken, and the errors that an action names', () => {
    expect(schemas()['Shelving']?.properties).toMatchObject({
      marks: { type: ['array', 'null'], uniqueItems: true, items: { type: 'string', maxLength: 9 } },
      where: { enum: ['up', 'down', null] },
      // A column that must have a value.
      slug: { type: 'string' },
    });
    expect(schemas()['Shelving']?.properties['marks']).not.toHaveProperty('maxLength');
    const { responses } = operation('post', '/books/{id}/shelve');
    expect(Object.keys(responses)).toEqual(expect.arrayContaining(['422', '503']));
    expect(Object.keys(operation('post', '/books').responses)).not.toContain('422');
  });

  test('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(20);
    for (const [, kind, name] of references)
      expect([kind, name, document.components?.[kind!]?.[name!]]).not.toContain(undefined);
  });
});
