import type { CoreSettings } from '@core-framework/config';

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

export function resolveOutboxOptions(
  options: OutboxOptions,
  settings?: Partial<Pick<CoreSettings, 'outboxBatch' | 'outboxPoll' | 'outboxRetention' | 'inboxRetention'>>,
): ResolvedOutboxOptions {
  return {
    batch: options.batch ?? settings?.outboxBatch ?? 200,
    pollMs: options.pollMs ?? (settings?.outboxPoll ?? 1) * 1000,
    leaseMs: options.leaseMs ?? 15_000,
    attempts: options.attempts ?? 10,
    retentionMs: options.retentionMs ?? (settings?.outboxRetention ?? 86_400) * 1000,
    inboxRetentionMs: options.inboxRetentionMs ?? (settings?.inboxRetention ?? 604_800) * 1000,
  };
}
