import type { MessageBroker } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';

/** A message and where it goes. */
export interface Addressed {
  readonly topic: string;
  readonly message: EventMessage;
}

/**
 * Publishes messages, topic by topic, and answers what was wrong with single ones by their ids. A topic that takes nothing while
 * others do holds up nobody else: then something is wrong with its messages.
 *
 * @throws what the broker threw when no topic took anything: it is away.
 */
export async function publishByTopic(
  broker: MessageBroker,
  messages: readonly Addressed[],
): Promise<ReadonlyMap<string, Error>> {
  const topics = [...Map.groupBy(messages, ({ topic }) => topic)];
  const answers = await Promise.allSettled(
    topics.map(([topic, own]) =>
      broker.publish(
        topic,
        own.map(({ message }) => message),
      ),
    ),
  );
  const errors = new Map<string, Error>();
  for (const [index, answer] of answers.entries()) {
    if (answer.status === 'fulfilled') {
      for (const [id, error] of answer.value) errors.set(id, error);
      continue;
    }
    if (answers.every(({ status }) => status === 'rejected')) throw answer.reason;
    for (const { message } of topics[index]?.[1] ?? []) errors.set(message.id, answer.reason as Error);
  }
  return errors;
}
