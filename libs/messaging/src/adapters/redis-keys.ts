import type { DeadLetterPlace } from '../brokers/message-broker.js';

/** Set of the topics that anybody has published to or listened to. */
export const TOPICS_KEY = 'evt:topics';

/** The stream of a topic; the braces keep all keys of a topic on one node of a cluster. */
export function topicKey(topic: string): string {
  return `evt:{${topic}}`;
}

/**
 * Says whether events of a topic have keys: a text once one had, until then a stream that stays empty and has the groups of
 * the topic. So what reads both at once fails from the very moment at which there are keys.
 */
export function keylessKey(topic: string): string {
  return `${topicKey(topic)}:keyless`;
}

/** What a group keeps of a topic for itself. */
export interface GroupKeys {
  /** Messages that wait to be delivered again, by their time. */
  readonly delayed: string;
  /** Messages that are to be delivered again, to this group only; deleted once dealt with. */
  readonly again: string;
  readonly dead: string;
  /** Who has messages of a key in hand, and how many. */
  readonly holders: string;
  /** Messages that wait for those of their key that came before them. */
  readonly parked: string;
  /** Keys of which messages wait and nobody has any in hand. */
  readonly ready: string;
}

export function groupKeys({ topic, group }: DeadLetterPlace): GroupKeys {
  const own = `${topicKey(topic)}:${group}`;
  return {
    delayed: `${own}:retry`,
    again: `${own}:again`,
    dead: `${own}:dlq`,
    holders: `${own}:keys`,
    parked: `${own}:parked`,
    ready: `${own}:ready`,
  };
}

/** Redis answers objects as lists of names and values. */
export function factsOf(list: readonly unknown[]): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (let index = 0; index + 1 < list.length; index += 2) facts[String(list[index])] = list[index + 1];
  return facts;
}
