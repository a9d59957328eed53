import { describe, expect, test } from '@jest/globals';
import { LazyBody } from './lazy-body.js';

describe('LazyBody', () => {
  test('parses once, on the first read', async () => {
    let parsed = 0;
    const body = new LazyBody(async () => ({ reads: ++parsed }));
    expect(parsed).toBe(0);
    expect(await body.read()).toEqual({ reads: 1 });
    expect(await body.read()).toEqual({ reads: 1 });
  });
});
