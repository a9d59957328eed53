import { describe, expect, test } from '@jest/globals';
import { searchTerms } from './search-terms.js';

describe('searchTerms', () => {
  test.each([
    ['nest', ['nest']],
    ['hello, T3', ['hello', 'T3']],
    ['"hello world" nest', ['hello world', 'nest']],
    ['an "open quote', ['an', 'open', 'quote']],
    ['  , ,, "" "  " ', []],
  ])('%j gives %j', (text, terms) => {
    expect(searchTerms(text)).toEqual(terms);
  });

  test('looks for ten terms at most', () => {
    expect(searchTerms('a '.repeat(50))).toHaveLength(10);
  });
});
