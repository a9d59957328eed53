import { expect, test } from '@jest/globals';
import { retryDelayOf } from './retry-delay.js';

test.each([
  [0, 2000, 0],
  [1000, 1, 1000],
  [1000, 4, 8000],
  [1000, 2000, 3_600_000],
])('%d ms doubled in attempt %d are %d', (retryDelayMs, attempt, expected) => {
  expect(retryDelayOf({ retryDelayMs, backoff: 'exponential', jitter: 0 }, attempt)).toBe(expected);
});
