import { type EventMessage, fromAttributes, fromStructured, isStructured } from '../envelope/event-message.js';
import type { DeadLetterPlace } from '../brokers/message-broker.js';

/** A record as it is produced; keys, values and headers are texts. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key?: string;
  readonly value: string;
  readonly headers: Record<string, string>;
  readonly partition?: number;
}

/** A record as it is read. */
export interface IncomingRecord {
  readonly key: string | undefined;
  readonly value: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly timestamp?: bigint;
}

/** Notes of the framework, beside the attributes of the event. */
export const ATTEMPTS_HEADER = 'core_attempts';
export const PLACE_HEADER = 'core_place';
export const DUE_HEADER = 'core_due';
export const REASON_HEADER = 'core_reason';
export const FAILED_AT_HEADER = 'core_failed_at';
/** On a record among dead letters that says that others are gone. */
export const REMOVED_HEADER = 'core_removed';

const OWN_TOPIC = /\.core-(?:retry|dlt)$/;

/** Where a group's events wait to be tried again. */
export function retryTopicOf({ topic, group }: DeadLetterPlace): string {
  return `${group}.${topic}.core-retry`;
}

export function deadTopicOf({ topic, group }: DeadLetterPlace): string {
  return `${group}.${topic}.core-dlt`;
}

/** Who consumes {@link retryTopicOf}. */
export function retryGroupOf(group: string): string {
  return `${group}.core-retry`;
}

/** Whether a topic is kept by the framework for a group. */
export function isOwnTopic(topic: string): boolean {
  return OWN_TOPIC.test(topic);
}

/** Tells groups and topics apart whose names give the same when they are put together. */
export function placeNote({ topic, group }: DeadLetterPlace): string {
  return `${group} ${topic}`;
}

/** An event in CloudEvents' binary form. */
export function recordOf(topic: string, message: EventMessage): OutgoingRecord {
  const { id, type, source, time, key, data, headers } = message;
  const attributes: Record<string, string> = {
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: type,
    ce_source: source,
    ce_time: time,
    ...(key !== undefined && { ce_partitionkey: key }),
  };
  for (const [name, value] of Object.entries(headers)) attributes[`ce_${name}`] = value;
  return { topic, ...(key !== undefined && { key }), value: data, headers: attributes };
}

/**
 * Reads an event in either form of CloudEvents; one without a time has that of its record, one without `partitionkey` its key.
 *
 * @throws InvalidEnvelopeError when it is no event.
 */
export function readRecord({ key, value, headers, timestamp }: IncomingRecord): EventMessage {
  if (isStructured(headers.get('content-type'))) return fromStructured(value);
  const attributes: Record<string, string> = {};
  if (key !== undefined) attributes['partitionkey'] = key;
  if (timestamp !== undefined) attributes['time'] = new Date(Number(timestamp)).toISOString();
  for (const [name, text] of headers) if (name.startsWith('ce_')) attributes[name.slice(3)] = text;
  return fromAttributes(attributes, value);
}

/** The same for another topic: with notes of ours, without those of before. */
export function sentOn(
  topic: string,
  { key, value, headers }: IncomingRecord,
  notes: Record<string, string>,
): OutgoingRecord {
  const kept = [...headers].filter(([name]) => !name.startsWith('core_'));
  return { topic, ...(key !== undefined && { key }), value, headers: { ...Object.fromEntries(kept), ...notes } };
}
