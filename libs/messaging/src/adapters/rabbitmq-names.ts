import type { Options } from 'amqplib';
import type { DeadLetterPlace } from '../brokers/message-broker.js';

/** The queue of a group: events that it has not dealt with. A topic is an exchange of its name. */
export function queueOf({ topic, group }: DeadLetterPlace): string {
  return `${group}:${topic}`;
}

/** The queue of a group for events with a key: one process at a time is given them, so that their order holds. */
export function keyedQueueOf(place: DeadLetterPlace): string {
  return `${queueOf(place)}:keys`;
}

/** Where a topic sends its events on: by it those with a key part from the others. */
export function partingExchangeOf(topic: string): string {
  return `${topic}:keys`;
}

/** Where those without a key go from there. */
export function plainExchangeOf(topic: string): string {
  return `${topic}:plain`;
}

export function deadQueueOf(place: DeadLetterPlace): string {
  return `${queueOf(place)}:dlq`;
}

/** Where a group's events wait for so many milliseconds. */
export function delayQueueOf(place: DeadLetterPlace, delayMs: number): string {
  return `${queueOf(place)}:retry:${delayMs}`;
}

/** The framework counts attempts itself; RabbitMQ 4 would drop after 20. */
const ANY_NUMBER_OF_DELIVERIES = 1_000_000_000;

export const KEPT_QUEUE: Options.AssertQueue = {
  durable: true,
  arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': ANY_NUMBER_OF_DELIVERIES },
};

export const KEYED_QUEUE: Options.AssertQueue = {
  ...KEPT_QUEUE,
  arguments: { ...KEPT_QUEUE.arguments, 'x-single-active-consumer': true },
};

/** What binds the queue to events with a key: the header has to be there, whatever it says. */
export const HAS_KEY = { 'x-match': 'all', 'ce-partitionkey': null };

/** Milliseconds for which a queue of waiting events is there after it was last declared, beyond their waiting. */
const SPARE_MS = 300_000;
/** So often such a queue is declared again while it is used. */
export const DELAY_QUEUE_DECLARED_EVERY_MS = SPARE_MS / 5;

/** A queue whose messages go back to their group's after so long. It vanishes when it is not used any more. */
export function delayQueue(place: DeadLetterPlace, delayMs: number): Options.AssertQueue {
  return {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-delivery-limit': ANY_NUMBER_OF_DELIVERIES,
      'x-message-ttl': delayMs,
      'x-expires': delayMs + SPARE_MS,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': queueOf(place),
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  };
}

/**
 * Rounds a delay up such that there are few different ones, each at most a fifth longer than the one before: every one has a
 * queue, because in one queue a message would wait for those before it.
 */
export function delayStep(delayMs: number): number {
  const shortest = 10;
  if (delayMs <= shortest) return shortest;
  const step = 1.2;
  return Math.round(shortest * step ** Math.ceil(Math.log(delayMs / shortest) / Math.log(step) - 1e-9));
}
