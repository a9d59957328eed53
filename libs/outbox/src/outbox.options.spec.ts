import { expect, test } from '@jest/globals';
import { type OutboxOptions, resolveOutboxOptions } from './outbox.options.js';

test.each<OutboxOptions>([
  { batch: 0 },
  { batch: Number.NaN },
  { batch: 1.5 },
  { pollMs: 0 },
  { pollMs: 30 * 86_400_000 },
  { leaseMs: 0 },
  { leaseMs: Number.NaN },
  { attempts: 0 },
  { attempts: Number.NaN },
  { retentionMs: -1 },
  { inboxRetentionMs: Number.NaN },
])('what no relay can work with is refused at the start: %p', (options) => {
  const [name] = Object.keys(options);
  expect(() => resolveOutboxOptions(options)).toThrow(
    expect.objectContaining({ code: 'OUTBOX_INVALID_OPTION', message: expect.stringContaining(name ?? '') }),
  );
});

test('without options all is filled in', () => {
  expect(resolveOutboxOptions({})).toEqual({
    batch: 200,
    pollMs: 1000,
    leaseMs: 15_000,
    attempts: 10,
    retentionMs: 86_400_000,
    inboxRetentionMs: 604_800_000,
  });
});
