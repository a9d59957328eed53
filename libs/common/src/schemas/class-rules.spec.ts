import { expect, test } from '@jest/globals';
import { Transform, Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, MaxLength, Min, ValidateIf, ValidateNested } from 'class-validator';
import { ClassRules } from './class-rules.js';

class Line {
  @IsString() name!: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) parts?: Line[];
}

class Order {
  @ValidateNested() @Type(() => Line) first!: Line;
  @IsArray() @ValidateNested() @Type(() => Line) more!: Line[];
  @MaxLength(5, { each: true }) @IsString({ each: true }) labels!: string[];
  @ValidateIf(({ labels }: Order) => labels.length > 0) @IsInt() @Min(1) weight?: number;
  @ValidateNested() loose!: object;
  @ValidateNested() @Transform(({ value }) => (value as { a: { b: unknown } }).a.b) odd!: object;
}

test('the schema of a class shows the objects in it, to the first that holds itself', () => {
  const line = {
    type: 'object',
    properties: { name: { type: 'string' }, parts: expect.anything() },
    required: ['name'],
  };
  const { schema } = ClassRules.of(Order);
  expect(schema).toEqual({
    type: 'object',
    properties: {
      first: line,
      more: { type: 'array', items: line },
      labels: { type: 'array', items: { type: 'string', maxLength: 5 } },
      weight: { type: 'integer', minimum: 1 },
      loose: {},
      odd: {},
    },
    required: ['first', 'more', 'labels', 'loose', 'odd'],
  });
  expect(schema).toHaveProperty('properties.first.properties.parts', { type: 'array', items: { type: 'object' } });
});

test('what is missing is told by its path, in lists and deeper, and only where it is asked for', () => {
  const line = (values: Partial<Line>) => Object.assign(new Line(), values);
  const order = (values: Partial<Order>) => Object.assign(new Order(), { loose: {}, odd: {}, ...values });
  expect(ClassRules.of(Order).missingIn(order({ labels: ['a'], more: [line({ name: 'b' }), line({})] }))).toEqual([
    'first',
    'more.1.name',
    'weight',
  ]);
  const first = line({ name: 'a', parts: [line({})] });
  expect(ClassRules.of(Order).missingIn(order({ labels: [], first, more: [] }))).toEqual(['first.parts.0.name']);
  expect(ClassRules.of(Order).missingIn(order({ labels: ['a'] }), () => false)).toEqual([]);
});
