import { describe, expect, test } from '@jest/globals';
import { toOpenApi31 } from './openapi-31.js';

const converted = (schema: unknown): unknown => {
  toOpenApi31(schema);
  return schema;
};

describe('toOpenApi31', () => {
  test.each([
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [{ type: 'string', nullable: false }, { type: 'string' }],
    [
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [{ nullable: true, allOf: [{ $ref: '#/a' }] }, { anyOf: [{ $ref: '#/a' }, { type: 'null' }] }],
    [
      { minimum: 1, exclusiveMinimum: true, maximum: 2, exclusiveMaximum: false },
      { exclusiveMinimum: 1, maximum: 2 },
    ],
    [
      { properties: { nullable: { type: 'boolean', nullable: true } } },
      { properties: { nullable: { type: ['boolean', 'null'] } } },
    ],
    [
      { type: ['string', 'null'], exclusiveMinimum: 3 },
      { type: ['string', 'null'], exclusiveMinimum: 3 },
    ],
  ])('rewrites %j', (before, after) => expect(converted(before)).toEqual(after));
});
