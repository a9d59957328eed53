import type { OutboxEntry, OutboxPublisher, OutboxRow } from './outbox-publisher.js';

/** What became of claimed rows. */
interface PublishOutcome {
  readonly sent: readonly OutboxRow[];
  /** Those that their publisher did not take, with what it said. */
  readonly refused: ReadonlyMap<OutboxRow, Error>;
  /** Those that were not handed to a publisher, or to one that could not reach the other side. */
  readonly untried: readonly OutboxRow[];
  /** Why publishers could not work at all, by their channels. */
  readonly failures: ReadonlyMap<string, Error>;
}

/**
 * Publishes rows such that none leaves before those of its key that were written earlier: rows of one key go one after the
 * other, all others together; once one is refused those behind it wait. A channel that cannot be reached holds up no other.
 */
export async function publishInOrder(
  rows: readonly OutboxRow[],
  publishers: ReadonlyMap<string, OutboxPublisher>,
): Promise<PublishOutcome> {
  const sent: OutboxRow[] = [];
  const refused = new Map<OutboxRow, Error>();
  const untried: OutboxRow[] = [];
  const held = new Set<string>();
  const failures = new Map<string, Error>();
  for (const { channel, rows: wave } of wavesOf(rows)) {
    const publishable = wave.filter((row) => !failures.has(channel) && !held.has(orderOf(row)));
    untried.push(...wave.filter((row) => !publishable.includes(row)));
    if (publishable.length === 0) continue;
    try {
      const errors = await publishers.get(channel)?.(publishable.map(entryOf));
      for (const row of publishable) {
        const error = errors?.get(row.id);
        if (!error) sent.push(row);
        else {
          refused.set(row, error);
          if (row.key !== null) held.add(orderOf(row));
        }
      }
    } catch (error) {
      failures.set(channel, error instanceof Error ? error : new Error(String(error)));
      untried.push(...publishable);
    }
  }
  return { sent, refused, untried, failures };
}

/** Groups of rows of one channel, of which none holds two of the same key. */
function wavesOf(rows: readonly OutboxRow[]): readonly { channel: string; rows: OutboxRow[] }[] {
  const waves = new Map<string, { channel: string; rows: OutboxRow[] }>();
  const places = new Map<string, number>();
  for (const row of rows) {
    const place = row.key === null ? 0 : (places.get(orderOf(row)) ?? 0);
    if (row.key !== null) places.set(orderOf(row), place + 1);
    const name = `${place} ${row.channel}`;
    const wave = waves.get(name);
    if (wave) wave.rows.push(row);
    else waves.set(name, { channel: row.channel, rows: [row] });
  }
  return [...waves.values()];
}

function orderOf({ topic, key }: OutboxRow): string {
  return JSON.stringify([topic, key]);
}

function entryOf({ id, type, topic, key, payload, headers, attempts }: OutboxRow): OutboxEntry {
  return {
    id,
    type,
    topic,
    key: key ?? undefined,
    payload,
    headers: JSON.parse(headers) as Record<string, string>,
    attempts,
  };
}
