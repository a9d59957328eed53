import { expect, test } from '@jest/globals';
import { portableKey } from './portable-key.js';

test('keys stay what they are unless they are too long or no text', () => {
  for (const key of ['', 'user-1', 'ä'.repeat(255)]) expect(portableKey(key)).toBe(key);
  const changed = ['x'.repeat(256), `${'x'.repeat(256)}y`, 'a\0', '\ud800'].map(portableKey);
  for (const key of changed) expect(key).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(new Set(changed).size).toBe(4);
});
