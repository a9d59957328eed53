import { expect, test } from '@jest/globals';
import { IsArray, IsEnum, IsInt, IsNumberString, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { classPayload } from './class-payload.js';

enum Size {
  Small = 'small',
  Large = 'large',
}

class Parcel {
  @IsInt() @Min(1) id!: number;
  @IsNumberString() price!: string;
  @IsEnum(Size) size!: Size;
  @IsArray() @IsString({ each: true }) @MaxLength(5, { each: true }) labels!: string[];
  @IsOptional() @IsInt({ each: true }) weights?: number[];
}

test('the schema of a class says what data has to be', () => {
  expect(classPayload(Parcel).schema).toEqual({
    type: 'object',
    properties: {
      id: { type: 'integer', minimum: 1 },
      price: { type: 'string' },
      size: { enum: ['small', 'large'] },
      labels: { type: 'array', items: { type: 'string', maxLength: 5 } },
      weights: { type: 'array', items: { type: 'integer' } },
    },
    required: ['id', 'price', 'size', 'labels'],
  });
});
