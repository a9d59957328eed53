import type { DeadLetter, DeadLetterPlace } from '../brokers/message-broker.js';
import { fromDeadText } from '../envelope/dead-text.js';
import type { EventMessage } from '../envelope/event-message.js';
import type { KafkaClients } from './kafka-clients.js';
import {
  ATTEMPTS_HEADER,
  deadTopicOf,
  DUE_HEADER,
  FAILED_AT_HEADER,
  type IncomingRecord,
  PLACE_HEADER,
  placeNote,
  readRecord,
  REASON_HEADER,
  REMOVED_HEADER,
  retryTopicOf,
  sentOn,
} from './kafka-messages.js';

interface Letter {
  readonly letter: DeadLetter;
  readonly record: IncomingRecord;
}

const BYTES = 8_000_000;

/** The dead letters of groups: a topic each. Records cannot be taken out, so that a further record says which are gone. */
export class KafkaDeadLetters {
  constructor(private readonly clients: KafkaClients) {}

  async list(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const letters = (await this.all(place)).map(({ letter }) => letter);
    const start = after === undefined ? 0 : letters.findIndex(({ id }) => id === after) + 1;
    return start === 0 && after !== undefined ? [] : letters.slice(start, start + limit);
  }

  async find(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined> {
    return (await this.all(place)).find(({ letter }) => letter.id === id)?.letter;
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    const letters = await this.#wanted(place, ids);
    const notes = { [DUE_HEADER]: '0', [PLACE_HEADER]: placeNote(place) };
    await this.clients.send(letters.map(({ record }) => sentOn(retryTopicOf(place), record, notes)));
    return this.#remove(place, letters);
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#remove(place, await this.#wanted(place, ids));
  }

  /** Those that are not gone, the oldest first. */
  async all(place: DeadLetterPlace): Promise<readonly Letter[]> {
    const removed = new Set<string>();
    const letters: Letter[] = [];
    for (const [id, record] of await this.#records(deadTopicOf(place))) {
      if (record.headers.get(PLACE_HEADER) !== placeNote(place)) continue;
      const gone = record.headers.get(REMOVED_HEADER);
      if (gone !== undefined) for (const one of gone.split(' ')) removed.add(one);
      else letters.push({ letter: letterOf(place, id, record), record });
    }
    return letters.filter(({ letter: { id } }) => !removed.has(id));
  }

  async #wanted(place: DeadLetterPlace, ids?: readonly string[]): Promise<readonly Letter[]> {
    const wanted = ids && new Set(ids);
    return (await this.all(place)).filter(({ letter: { id } }) => wanted?.has(id) ?? true);
  }

  async #remove(place: DeadLetterPlace, letters: readonly Letter[]): Promise<number> {
    if (letters.length === 0) return 0;
    const gone = letters.map(({ letter: { id } }) => id).join(' ');
    const headers = { [REMOVED_HEADER]: gone, [PLACE_HEADER]: placeNote(place) };
    await this.clients.send([{ topic: deadTopicOf(place), value: '', partition: 0, headers }]);
    return letters.length;
  }

  /** All records of a topic's first partition, read without becoming a member of a group. */
  async #records(topic: string): Promise<readonly (readonly [id: string, record: IncomingRecord])[]> {
    if (!(await this.clients.admin.listTopics()).includes(topic)) return [];
    const consumer = this.clients.consumer('core-messaging.looking');
    consumer.topics.track(topic);
    try {
      const metadata = await consumer.metadata({ topics: [topic] });
      const { id: topicId = '', partitions = [] } = metadata.topics.get(topic) ?? {};
      const offsets = async (timestamp: bigint) =>
        (await consumer.listOffsets({ topics: [topic], timestamp })).get(topic)?.[0] ?? 0n;
      const [start, end] = [await offsets(-2n), await offsets(-1n)];
      const found: (readonly [string, IncomingRecord])[] = [];
      for (let next = start; next < end;) {
        const from = next;
        const place = {
          partition: 0,
          fetchOffset: from,
          partitionMaxBytes: BYTES,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        };
        const request = { node: partitions[0]?.leader ?? 0, topics: [{ topicId, partitions: [place] }] };
        const { responses } = await consumer.fetch({ ...request, minBytes: 1, maxBytes: BYTES, maxWaitTime: 100 });
        for (const batch of responses[0]?.partitions[0]?.records ?? []) {
          for (const { offsetDelta, key, value, headers } of batch.records) {
            const offset = batch.firstOffset + BigInt(offsetDelta);
            if (offset < next) continue;
            next = offset + 1n;
            const texts = headers.map(([name, text]) => [String(name), String(text)] as const);
            found.push([String(offset), { key: key?.toString(), value: String(value), headers: new Map(texts) }]);
          }
        }
        if (next === from) break;
      }
      return found;
    } finally {
      await consumer.close(true).catch(() => undefined);
    }
  }
}

function letterOf({ topic }: DeadLetterPlace, id: string, record: IncomingRecord): DeadLetter {
  const { headers } = record;
  return {
    id,
    topic,
    message: messageOf(record),
    reason: headers.get(REASON_HEADER) ?? '',
    attempt: Number(headers.get(ATTEMPTS_HEADER)),
    failedAt: new Date(headers.get(FAILED_AT_HEADER) ?? 0),
  };
}

function messageOf(record: IncomingRecord): EventMessage {
  try {
    return readRecord(record);
  } catch {
    return fromDeadText(record.value);
  }
}
