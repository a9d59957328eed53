import { expect, test } from '@jest/globals';
import { parserOfMediaType } from './media-types.js';

const parse = (value: unknown) => parserOfMediaType('application/json')?.(Buffer.from(JSON.stringify(value)));
const withKeys = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, 1]));

test('JSON of more keys than any input has is refused before it is read', () => {
  expect(() => parse(withKeys(20_001))).toThrow('The body has more than 20000 keys.');
  expect(() => parse([withKeys(10_001), withKeys(10_000)])).toThrow('The body has more than 20000 keys.');
  expect(parse(withKeys(20_000))).toEqual(withKeys(20_000));
});

test('colons inside of strings are no keys', () => {
  expect(parse(':'.repeat(30_000))).toBe(':'.repeat(30_000));
});
