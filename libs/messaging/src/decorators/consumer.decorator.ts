import { Injectable } from '@nestjs/common';
import { InvalidConsumerError } from '../errors/messaging.errors.js';
import { checkChannelName } from '../events/event-name.js';
import { recordConsumer } from '../metadata/messaging.metadata.js';

/** Options of `@Consumer`. */
export interface ConsumerOptions {
  /** Where its events come from. */
  readonly topics: readonly string[];
  /** How often an event is tried again. @defaultValue the setting `MESSAGE_RETRY`: 3 */
  readonly retry?: number;
  /** Milliseconds before the first further attempt; each next one waits twice as long. @defaultValue 1000 */
  readonly retryDelayMs?: number;
  /**
   * Milliseconds that the handlers of an event may take together. Then `event.signal` is aborted, what they did in their
   * transaction is taken back whether they listen to it or not, and the event has failed. @defaultValue 300000
   */
  readonly timeoutMs?: number;
  /** Events handled at the same time; those of one key one after the other. @defaultValue the prefetch */
  readonly concurrency?: number;
  /** Events taken from the broker ahead. @defaultValue the setting `MESSAGE_PREFETCH`: 32 */
  readonly prefetch?: number;
  /** Whether an event that comes again has no second effect. @defaultValue that of the module: true */
  readonly inbox?: boolean;
  /**
   * Whether the handlers of an event run in a transaction. Without one there is no inbox: for handlers that do not write
   * to the database, or may do so again. @defaultValue true
   */
  readonly transaction?: boolean;
}

/**
 * Makes a class a consumer: its `@OnEvent` methods handle the events of the topics. Of all processes that run a group each
 * event goes to one. The handlers of an event run in one transaction, together with the note that it was handled.
 *
 * @throws InvalidEventNameError, InvalidConsumerError
 */
export function Consumer(group: string, options: ConsumerOptions): ClassDecorator {
  checkChannelName('a group', group);
  // Not everybody's compiler looks at it.
  const topics: unknown = (options as ConsumerOptions | undefined)?.topics;
  if (!Array.isArray(topics) || topics.length === 0) {
    throw new InvalidConsumerError(`The group "${group}" has no topics.`, "Name them: { topics: ['user-events'] }.");
  }
  for (const topic of options.topics) checkChannelName('a topic', topic);
  for (const name of ['retry', 'retryDelayMs', 'timeoutMs', 'concurrency', 'prefetch'] as const) {
    const value = options[name];
    const least = name.startsWith('retry') ? 0 : 1;
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    throw new InvalidConsumerError(
      `The group "${group}" has the ${name} ${value}.`,
      `Give a whole number from ${least} on.`,
    );
  }
  return (target) => {
    Injectable()(target);
    recordConsumer(target, { group, options });
  };
}
