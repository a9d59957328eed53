import type { Options } from 'amqplib';
import { type EventMessage, fromAttributes, fromStructured, isStructured } from '../envelope/event-message.js';

/** Notes of the framework, beside the attributes of the event. */
export const ATTEMPTS_HEADER = 'x-core-attempts';
export const REASON_HEADER = 'x-core-reason';
export const FAILED_AT_HEADER = 'x-core-failed-at';
export const LETTER_HEADER = 'x-core-letter';

/** A message as RabbitMQ hands it out. */
export interface ReceivedMessage {
  readonly content: Buffer;
  readonly properties: {
    readonly contentType?: unknown;
    readonly messageId?: unknown;
    readonly type?: unknown;
    readonly headers?: Readonly<Record<string, unknown>> | undefined;
  };
}

/** The properties of an event in CloudEvents' binary form; its data is the content. */
export function propertiesOf(
  message: EventMessage,
  notes: Readonly<Record<string, string | number>> = {},
): Options.Publish {
  const { id, type, source, time, key, headers } = message;
  const attributes: Record<string, string | number> = {
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-type': type,
    'ce-source': source,
    'ce-time': time,
    ...(key !== undefined && { 'ce-partitionkey': key }),
    ...notes,
  };
  for (const [name, value] of Object.entries(headers)) attributes[`ce-${name}`] = value;
  return { persistent: true, messageId: id, type, contentType: 'application/json', headers: attributes };
}

/** Reads an event in either form of CloudEvents. @throws InvalidEnvelopeError when it is no event. */
export function readMessage({ content, properties }: ReceivedMessage): EventMessage {
  const { headers = {}, contentType, messageId, type } = properties;
  if (isStructured(contentType)) return fromStructured(content.toString());
  const attributes: Record<string, unknown> = { id: messageId, type };
  for (const [name, value] of Object.entries(headers)) if (name.startsWith('ce-')) attributes[name.slice(3)] = value;
  return fromAttributes(attributes, content.toString());
}

/** What has to be sent on for a message to be seen again: with notes of ours, without those of the server. */
export function sentOn(
  { content, properties }: ReceivedMessage,
  notes: Readonly<Record<string, string | number>>,
): { readonly content: Buffer; readonly properties: Options.Publish } {
  const { contentType, messageId, type, headers = {} } = properties;
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('x-'));
  const named = {
    ...(typeof messageId === 'string' && { messageId }),
    ...(typeof type === 'string' && { type }),
  };
  return {
    content,
    properties: {
      ...named,
      persistent: true,
      contentType: typeof contentType === 'string' ? contentType : 'application/json',
      headers: { ...Object.fromEntries(kept), ...notes },
    },
  };
}

/** How often it was given out before: counted by us over delays, by the server for processes that died. */
export function attemptsBefore({ properties: { headers = {} } }: ReceivedMessage): number {
  return Number(headers[ATTEMPTS_HEADER] ?? 0) + abandonments({ properties: { headers } });
}

/** How often the server gave it out and was not told what became of it, since the last delay. */
export function abandonments({ properties: { headers = {} } }: Pick<ReceivedMessage, 'properties'>): number {
  return Number(headers['x-delivery-count'] ?? 0);
}
