import type { DocumentInfo, ValueSchema } from '@core-framework/common';
import type { EventRegistry } from '../registry/event.registry.js';
import type { RegisteredEvent } from '../registry/registered-event.js';

type Node = Record<string, unknown>;

/** The attributes of CloudEvents, which travel in the way that the binding of CloudEvents for the broker says. */
function attributesOf(event: string): Node {
  const text = { type: 'string' };
  return {
    type: 'object',
    properties: {
      specversion: { const: '1.0' },
      id: { ...text, description: 'The same however often the event is delivered.' },
      source: { ...text, description: 'The application that published it.' },
      type: event.includes('*') ? { ...text, description: event } : { const: event },
      time: { ...text, format: 'date-time' },
      datacontenttype: { const: 'application/json' },
      partitionkey: { ...text, description: 'Events of a topic with the same key keep their order.' },
    },
    required: ['specversion', 'id', 'source', 'type', 'time'],
  };
}

/** Makes the AsyncAPI 3 document of an application: topics are channels, events messages, groups receive. */
export function asyncApiDocument(registry: EventRegistry, info: DocumentInfo): object {
  const events = registry.events.filter(({ topics }) => topics.length > 0);
  const topics = [...new Set(events.flatMap((event) => event.topics))].toSorted();
  const channels = topics.map((topic) => {
    const carried = events.filter((event) => event.topics.includes(topic));
    const messages = carried.map(
      ({ name }) => [keyOf(name), { $ref: `#/components/messages/${keyOf(name)}` }] as const,
    );
    return [keyOf(topic), { address: topic, messages: Object.fromEntries(messages) }] as const;
  });
  return {
    asyncapi: '3.0.0',
    info: { title: info.title, version: info.version, ...(info.description && { description: info.description }) },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries([...sending(events), ...receiving(events)]),
    components: {
      messages: Object.fromEntries(
        events.map((event) => [keyOf(event.name), message(event, registry.schemaOf(event))]),
      ),
    },
  };
}

function message({ name, description, listeners }: RegisteredEvent, schema: ValueSchema | undefined): Node {
  return {
    name,
    title: name,
    ...(description && { description }),
    contentType: 'application/json',
    headers: attributesOf(name),
    ...(schema && { payload: schema }),
    ...(listeners.length > 0 && { 'x-local-listeners': listeners.map((listener) => listener.name) }),
  };
}

function* sending(events: readonly RegisteredEvent[]): Generator<readonly [string, Node]> {
  for (const event of events) {
    for (const topic of new Set(event.producers.map((producer) => producer.topic))) {
      const by = event.producers.filter((producer) => producer.topic === topic).map(({ name }) => name);
      const operation = { ...operationOn(topic, 'send', [event]), 'x-producers': by };
      yield [`send.${keyOf(event.name)}.${keyOf(topic)}`, operation];
    }
  }
}

function* receiving(events: readonly RegisteredEvent[]): Generator<readonly [string, Node]> {
  const groups = new Set(events.flatMap(({ consumers }) => consumers.map(({ group }) => group)));
  for (const group of [...groups].toSorted()) {
    const topics = new Set(events.flatMap((event) => event.topics));
    for (const topic of topics) {
      const handled = events.filter(
        (event) =>
          event.topics.includes(topic) &&
          event.consumers.some((consumer) => consumer.group === group && consumer.topics.includes(topic)),
      );
      if (handled.length === 0) continue;
      const by = handled.flatMap(({ consumers }) =>
        consumers.filter((one) => one.group === group).map(({ name }) => name),
      );
      yield [
        `receive.${keyOf(group)}.${keyOf(topic)}`,
        { ...operationOn(topic, 'receive', handled), title: group, 'x-consumers': [...new Set(by)] },
      ];
    }
  }
}

function operationOn(topic: string, action: 'send' | 'receive', events: readonly RegisteredEvent[]): Node {
  const channel = `#/channels/${keyOf(topic)}`;
  return {
    action,
    channel: { $ref: channel },
    messages: events.map(({ name }) => ({ $ref: `${channel}/messages/${keyOf(name)}` })),
  };
}

/** Names of components have no stars. */
function keyOf(name: string): string {
  return name.replaceAll('**', 'any_more').replaceAll('*', 'any');
}
