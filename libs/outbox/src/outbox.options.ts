import type { CoreSettings } from '@core-framework/config';
import { InvalidOutboxOptionError } from './errors/outbox.errors.js';

/** How the relay works. */
export interface OutboxOptions {
  /** Most messages taken at a time. @defaultValue the setting `OUTBOX_BATCH`: 200 */
  readonly batch?: number;
  /** Longest time in milliseconds until a message is seen that another process wrote. @defaultValue the setting `OUTBOX_POLL`: 1000 */
  readonly pollMs?: number;
  /** Milliseconds after which messages of a relay that died are taken up by another. @defaultValue 15000 */
  readonly leaseMs?: number;
  /** How often a message that its publisher refuses is tried in all. @defaultValue 10 */
  readonly attempts?: number;
  /** Milliseconds for which published messages are kept. @defaultValue the setting `OUTBOX_RETENTION`: a day */
  readonly retentionMs?: number;
  /** Milliseconds for which it is remembered what was dealt with. @defaultValue the setting `INBOX_RETENTION`: 7 days */
  readonly inboxRetentionMs?: number;
}

/** {@link OutboxOptions} with every default filled in. */
export type ResolvedOutboxOptions = Required<OutboxOptions>;

/** The least and the most that each may be; timers wait for a day at most. */
const BOUNDS: Readonly<Record<keyof OutboxOptions, readonly [least: number, most: number]>> = {
  batch: [1, 10_000],
  pollMs: [10, 86_400_000],
  leaseMs: [100, 86_400_000],
  attempts: [1, 1_000_000],
  retentionMs: [0, Number.MAX_SAFE_INTEGER],
  inboxRetentionMs: [0, Number.MAX_SAFE_INTEGER],
};
const WHOLE: readonly string[] = ['batch', 'attempts'];

/** @throws InvalidOutboxOptionError */
export function resolveOutboxOptions(
  options: OutboxOptions,
  settings?: Partial<Pick<CoreSettings, 'outboxBatch' | 'outboxPoll' | 'outboxRetention' | 'inboxRetention'>>,
): ResolvedOutboxOptions {
  const resolved: ResolvedOutboxOptions = {
    batch: options.batch ?? settings?.outboxBatch ?? 200,
    pollMs: options.pollMs ?? (settings?.outboxPoll ?? 1) * 1000,
    leaseMs: options.leaseMs ?? 15_000,
    attempts: options.attempts ?? 10,
    retentionMs: options.retentionMs ?? (settings?.outboxRetention ?? 86_400) * 1000,
    inboxRetentionMs: options.inboxRetentionMs ?? (settings?.inboxRetention ?? 604_800) * 1000,
  };
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = resolved[name as keyof OutboxOptions];
    if (value >= least && value <= most && (!WHOLE.includes(name) || Number.isInteger(value))) continue;
    throw new InvalidOutboxOptionError(
      name,
      value,
      `Give a ${WHOLE.includes(name) ? 'whole ' : ''}number from ${least} to ${most}.`,
    );
  }
  return resolved;
}
