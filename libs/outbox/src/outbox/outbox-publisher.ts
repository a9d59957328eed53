import type { LeasedRow } from '../leases/lease-table.js';

/** A message on its way out, as the relay hands it to a publisher. */
export interface OutboxEntry {
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string | undefined;
  /** JSON. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
  /** How often it was taken up, this time included. */
  readonly attempts: number;
}

/**
 * Takes messages of a channel out of the database.
 *
 * Resolves once all that it could publish is safe on the other side, with what went wrong with single messages, by their
 * ids. Rejects when the other side cannot be reached at all: then none of the messages counts as tried.
 */
export type OutboxPublisher = (entries: readonly OutboxEntry[]) => Promise<ReadonlyMap<string, Error> | void>;

/** A row of the outbox as it is claimed. */
export interface OutboxRow extends LeasedRow {
  readonly id: string;
  readonly channel: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string | null;
  readonly payload: string;
  readonly headers: string;
}
