import { randomUUID } from 'node:crypto';
import type { ConfirmChannel, GetMessage } from 'amqplib';
import type { DeadLetter, DeadLetterPlace } from '../brokers/message-broker.js';
import { fromDeadText } from '../envelope/dead-text.js';
import type { EventMessage } from '../envelope/event-message.js';
import type { Parcel, RabbitMQConnection } from './rabbitmq-connection.js';
import {
  ATTEMPTS_HEADER,
  FAILED_AT_HEADER,
  LETTER_HEADER,
  readMessage,
  REASON_HEADER,
  type ReceivedMessage,
  sentOn,
} from './rabbitmq-messages.js';
import { deadQueueOf, queueOf } from './rabbitmq-names.js';
import { isThere } from './rabbitmq-topology.js';

/** Headers have to fit into one frame. */
const LONGEST_REASON = 4000;

/** A longer list is shown in part. */
const MOST_LETTERS = 10_000;

let letters = 0;

/** Makes a dead letter of what a group was given: the message as it came, with notes. */
export function deadParcel(place: DeadLetterPlace, received: ReceivedMessage, reason: string, attempt: number): Parcel {
  const notes = {
    [REASON_HEADER]: reason.slice(0, LONGEST_REASON),
    [ATTEMPTS_HEADER]: attempt,
    [FAILED_AT_HEADER]: new Date().toISOString(),
    [LETTER_HEADER]: `${String((letters += 1)).padStart(9, '0')}-${randomUUID()}`,
  };
  return { exchange: '', routingKey: deadQueueOf(place), ...sentOn(received, notes) };
}

interface Taken {
  readonly letter: DeadLetter;
  readonly received: GetMessage;
}

/**
 * The dead letters of groups: a queue each. To look at them they are taken out and given back, all of them, because what is
 * given back to a quorum queue does not always keep its place.
 */
export class RabbitMQDeadLetters {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly connection: RabbitMQConnection) {}

  async list(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    const letters = await this.#look(place, async (taken) => taken.map(({ letter }) => letter));
    const start = after === undefined ? 0 : letters.findIndex(({ id }) => id === after) + 1;
    return start === 0 && after !== undefined ? [] : letters.slice(start, start + limit);
  }

  async find(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined> {
    return this.#look(place, async (taken) => taken.find(({ letter }) => letter.id === id)?.letter);
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#takeOut(place, ids, async (taken) => {
      const parcels = taken.map(({ received }) => ({
        exchange: '',
        routingKey: queueOf(place),
        ...sentOn(received, {}),
      }));
      const error = (await this.connection.publish(parcels)).find((one) => one !== undefined);
      if (error) throw error;
    });
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#takeOut(place, ids, async () => undefined);
  }

  async #takeOut(
    place: DeadLetterPlace,
    ids: readonly string[] | undefined,
    consequence: (taken: readonly Taken[]) => Promise<void>,
  ): Promise<number> {
    const wanted = ids && new Set(ids);
    return this.#look(place, async (all, channel) => {
      const taken = all.filter(({ letter: { id } }) => wanted?.has(id) ?? true);
      await consequence(taken);
      for (const { received } of taken) channel.ack(received);
      return taken.length;
    });
  }

  /** Shows the oldest letters, and gives back those not acknowledged. Who looks meanwhile, in whatever process, waits. */
  async #look<T>(
    place: DeadLetterPlace,
    see: (taken: readonly Taken[], channel: ConfirmChannel) => Promise<T>,
  ): Promise<T> {
    const queue = deadQueueOf(place);
    const work = this.#turn.then(() =>
      this.connection.alone(`${queue}:look`, async (channel) => {
        const taken: Taken[] = [];
        if (!(await isThere(channel, queue))) return see(taken, channel);
        while (taken.length < MOST_LETTERS) {
          const received = await channel.get(queue);
          if (!received) break;
          taken.push({ letter: letterOf(place, received), received });
        }
        try {
          return await see(taken.toSorted(byAge), channel);
        } finally {
          channel.nackAll();
        }
      }),
    );
    this.#turn = work.catch(() => undefined);
    return work;
  }
}

function byAge({ letter: one }: Taken, { letter: other }: Taken): number {
  return one.failedAt.getTime() - other.failedAt.getTime() || (one.id < other.id ? -1 : 1);
}

function letterOf({ topic }: DeadLetterPlace, taken: GetMessage): DeadLetter {
  const headers = (taken.properties.headers ?? {}) as Readonly<Record<string, unknown>>;
  return {
    id: String(headers[LETTER_HEADER]),
    topic,
    message: messageOf(taken),
    reason: String(headers[REASON_HEADER]),
    attempt: Number(headers[ATTEMPTS_HEADER]),
    failedAt: new Date(String(headers[FAILED_AT_HEADER])),
  };
}

function messageOf(taken: GetMessage): EventMessage {
  try {
    return readMessage(taken);
  } catch {
    return fromDeadText(taken.content.toString());
  }
}
