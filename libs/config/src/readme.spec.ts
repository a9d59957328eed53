import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { CoreError } from '@core-framework/common';
import * as config from './index.js';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('the README', () => {
  test('shows the example as it is, and the example runs', async () => {
    expect(read('../README.md')).toContain(read('../examples/shop-settings.ts').trim());
    const { cartLimit } = await import('../examples/shop-settings.js');
    expect(cartLimit).toBe(50);
  });

  test('lists every error that the package exports, and no other', () => {
    const exported = Object.entries(config).filter(([, value]) => value.prototype instanceof CoreError);
    const codes = [...read('./errors/config.errors.ts').matchAll(/readonly code = '(\w+)'/g)].map(([, code]) => code);
    const listed = [...read('../README.md').matchAll(/^\| `(CONFIG_\w+)`/gm)].map(([, code]) => code);
    expect(new Set(listed)).toEqual(new Set(codes));
    expect(codes).toHaveLength(exported.length);
  });
});
