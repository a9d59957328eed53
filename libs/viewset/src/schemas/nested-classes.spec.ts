import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OpenApiDocument, OpenApiRegistry } from '@core-framework/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Min, ValidateIf, ValidateNested } from 'class-validator';
import { Action } from '../decorators/action.decorator.js';
import { Input } from '../decorators/parameter.decorators.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { TestApp } from '../testing/test-app.js';
import { ApiView } from '../views/api.view.js';

class Line {
  @IsString() name!: string;
  @IsInt() @Min(1) count: number = 1;
  @IsOptional() @IsString() note?: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) parts?: Line[];
}

class Order {
  @ValidateNested() @Type(() => Line) first!: Line;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Line) more?: Line[];
  @IsIn(['shop', 'post']) by!: string;
  @ValidateIf(({ by }: Order) => by === 'post') @IsString() address?: string;
}

@ViewSet({ path: 'orders', permissions: [AllowAny] })
class OrderView extends ApiView {
  @Action({ method: 'POST', path: '' })
  place(@Input() order: Order) {
    return order;
  }
}

describe('objects in a body', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start({ views: [OrderView] });
  });
  afterAll(() => app?.close());

  const first = { name: 'a' };
  test.each<[object, Record<string, string>]>([
    [{ first: {}, by: 'shop' }, { 'first.name': 'required' }],
    [{ first: null, by: 'shop' }, { first: 'nested_validation' }],
    [{ first: { name: 1 }, by: 'shop' }, { 'first.name': 'is_string' }],
    [{ first: { name: 'a', x: 1 }, by: 'shop' }, { 'first.x': 'unknown_field' }],
    [
      { first, by: 'shop', more: [first, { count: 0 }] },
      { 'more.1.count': 'min', 'more.1.name': 'required' },
    ],
    [
      { first: { name: 'a', parts: [{ parts: [{}] }] }, by: 'shop' },
      { 'first.parts.0.name': 'required', 'first.parts.0.parts.0.name': 'required' },
    ],
    [{ first, by: 'post' }, { address: 'required' }],
    [{ first, by: 'post', address: 1 }, { address: 'is_string' }],
  ])('%j is refused', async (body, problems) => {
    const answer = await app.call('POST', '/orders', { body });
    const found = Object.entries(answer.body.errors as Record<string, { code: string }[]>);
    expect([answer.status, Object.fromEntries(found.map(([path, [error]]) => [path, error?.code]))]).toEqual([
      400,
      problems,
    ]);
  });

  test('are taken when they have all that they must, and what was left out has its default', async () => {
    const { status, body } = await app.call('POST', '/orders', { body: { first, by: 'shop', more: [first] } });
    expect([status, body]).toEqual([
      200,
      { first: { name: 'a', count: 1 }, by: 'shop', more: [{ name: 'a', count: 1 }] },
    ]);
    expect((await app.call('POST', '/orders', { body: { first, by: 'post', address: 'b' } })).status).toBe(200);
  });

  test('are described in the document', () => {
    const document = SwaggerModule.createDocument(app.app, new DocumentBuilder().build()) as unknown as OpenApiDocument;
    for (const contribute of app.app.get(OpenApiRegistry).contributors) contribute(document);
    expect(JSON.stringify(document)).toContain(
      '"parts":{"type":"array","items":{"type":"object"}}},"required":["name"]}',
    );
    expect(JSON.stringify(document)).toContain('"required":["first","by"]');
  });
});
