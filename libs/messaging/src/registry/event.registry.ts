import type { ValueSchema } from '@core-framework/common';
import { eventMatcher } from '../events/event-name.js';
import type { PayloadReader } from '../payloads/payload-reader.js';
import type { EventCatalog } from './event-catalog.js';
import type { EventConsumer, EventListenerInfo, EventProducer, RegisteredEvent } from './registered-event.js';

/** Who publishes, handles and hears what, as it was found in the application. */
export interface FoundParticipants {
  readonly producers: readonly (EventProducer & { readonly event: string })[];
  readonly consumers: readonly EventConsumer[];
  readonly listeners: readonly EventListenerInfo[];
}

/**
 * Knows every event of the application with its producers, consumers and local listeners. What is published by
 * `EventBus.publish()` alone is known when `MessagingModule.forFeature` declares it.
 */
export class EventRegistry {
  #events: readonly RegisteredEvent[] | undefined;

  constructor(
    private readonly catalog: EventCatalog,
    private readonly find: () => FoundParticipants,
    private readonly payloads: PayloadReader,
    private readonly defaultTopic: string,
  ) {}

  /** By their names. */
  get events(): readonly RegisteredEvent[] {
    this.#events ??= this.#collect();
    return this.#events;
  }

  get(name: string): RegisteredEvent | undefined {
    return this.events.find((event) => event.name === name);
  }

  /** The schema of an event's data, where it has one. */
  schemaOf({ payload }: RegisteredEvent): ValueSchema | undefined {
    return payload && this.payloads.schemaOf(payload).schema;
  }

  #collect(): readonly RegisteredEvent[] {
    const found = this.find();
    const names = new Set([
      ...this.catalog.declarations.map(({ name }) => name),
      ...found.producers.map(({ event }) => event),
      ...[...found.consumers, ...found.listeners].flatMap(({ pattern }) => (isPattern(pattern) ? [] : [pattern])),
    ]);
    // A pattern that fits nothing known stands for itself.
    for (const { pattern } of [...found.consumers, ...found.listeners]) {
      if (isPattern(pattern) && ![...names].some(eventMatcher(pattern))) names.add(pattern);
    }
    return [...names].toSorted().map((name) => this.#event(name, found));
  }

  #event(name: string, { producers, consumers, listeners }: FoundParticipants): RegisteredEvent {
    const declared = this.catalog.find(name);
    const own = producers.filter(({ event }) => event === name).map(({ name: by, topic }) => ({ name: by, topic }));
    if (declared && own.length === 0)
      own.push({ name: 'EventBus.publish', topic: declared.topic ?? this.defaultTopic });
    const published = new Set(own.map(({ topic }) => topic));
    const fits = (pattern: string) => pattern === name || eventMatcher(pattern)(name);
    const handling = consumers.filter(
      ({ pattern, topics }) => fits(pattern) && (published.size === 0 || topics.some((topic) => published.has(topic))),
    );
    const payload = declared?.payload ?? handling.find((consumer) => consumer.pattern === name)?.payload;
    return {
      name,
      topics: [...(published.size > 0 ? published : new Set(handling.flatMap(({ topics }) => topics)))].toSorted(),
      ...(declared?.description && { description: declared.description }),
      producers: own,
      consumers: handling,
      listeners: listeners.filter(({ pattern }) => fits(pattern)),
      ...(payload && { payload }),
    };
  }
}

function isPattern(name: string): boolean {
  return name.includes('*');
}
