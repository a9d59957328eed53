import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { takeFromStock } from '../examples/out-of-stock.js';
import { ANONYMOUS } from './principal/principal.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the example of the README', () => {
  test('stands in the README as it is', () => {
    expect(read('../README.md')).toContain(read('../examples/out-of-stock.ts').trim());
  });

  test('runs', () => {
    const buyer = { ...ANONYMOUS, id: 1, isAuthenticated: true, isActive: true };
    expect(takeFromStock(3, 2, buyer)).toBe(1);
    expect(() => takeFromStock(1, 2, buyer)).toThrow('Only 1 left.');
    expect(() => takeFromStock(1, 1, ANONYMOUS)).toThrow('This account is suspended.');
  });
});
