import { InvalidEnvelopeError } from '../errors/messaging.errors.js';

/** A CloudEvent as brokers carry it: attributes, and data that is JSON text all the way. */
export interface EventMessage {
  readonly id: string;
  /** Name of the event. */
  readonly type: string;
  readonly source: string;
  /** ISO 8601. */
  readonly time: string;
  /** Events of a topic with the same key keep their order: `partitionkey`. */
  readonly key?: string;
  /** JSON. */
  readonly data: string;
  /** Extension attributes, `traceparent` for one. */
  readonly headers: Readonly<Record<string, string>>;
}

const ATTRIBUTES = new Set(['specversion', 'id', 'type', 'source', 'time', 'datacontenttype', 'partitionkey', 'data']);
/** What CloudEvents allow as the name of an extension. */
const EXTENSION = /^[a-z0-9]{1,20}$/;

/** The event in the JSON format of CloudEvents 1.0. The data is put in as the text that it is. */
export function toStructured({ id, type, source, time, key, data, headers }: EventMessage): string {
  const attributes = {
    specversion: '1.0',
    id,
    type,
    source,
    time,
    datacontenttype: 'application/json',
    ...(key !== undefined && { partitionkey: key }),
    ...headers,
  };
  return `${JSON.stringify(attributes).slice(0, -1)},"data":${data}}`;
}

/** Whether content of such a type is a whole event, as other publishers may send it, not its data alone. */
export function isStructured(contentType: unknown): boolean {
  return typeof contentType === 'string' && /^application\/cloudevents\+json\b/i.test(contentType);
}

/** @throws InvalidEnvelopeError when the text is no CloudEvent in JSON. */
export function fromStructured(text: string): EventMessage {
  const split = splitStructured(text);
  if (split) return fromAttributes(split.attributes, split.data);
  const { data = null, ...attributes } = parsed(text);
  return fromAttributes(attributes, JSON.stringify(data));
}

/**
 * Makes an event of its attributes and of data that is JSON.
 *
 * @throws InvalidEnvelopeError when an attribute that every CloudEvent has is missing.
 */
export function fromAttributes(attributes: Readonly<Record<string, unknown>>, data: string): EventMessage {
  const attribute = (name: string): string => {
    const value = attributes[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new InvalidEnvelopeError(`it has no ${name}`);
  };
  if (attribute('specversion') !== '1.0') throw new InvalidEnvelopeError('it is of another version');
  const { partitionkey, time } = attributes;
  const headers: Record<string, string> = {};
  for (const name in attributes) {
    if (ATTRIBUTES.has(name) || !EXTENSION.test(name)) continue;
    const value = attributes[name];
    if (typeof value === 'string') headers[name] = value;
  }
  return {
    id: attribute('id'),
    type: attribute('type'),
    source: attribute('source'),
    time: typeof time === 'string' ? time : new Date(0).toISOString(),
    ...(typeof partitionkey === 'string' && { key: partitionkey }),
    data,
    headers,
  };
}

const DATA = ',"data":';

/**
 * Cuts the attributes from the data of an event that has its data last, as ours have, so that the data is read once only, by
 * whoever needs it. Attributes are plain values: where the part before the first `"data"` is an object of its own and what
 * follows begins and ends like an object or a list, nothing but data can be in there.
 */
function splitStructured(text: string): { attributes: Readonly<Record<string, unknown>>; data: string } | undefined {
  const at = text.indexOf(DATA);
  const [start, end] = [text[at + DATA.length], text.at(-2)];
  if (at < 0 || !((start === '{' && end === '}') || (start === '[' && end === ']')) || !text.endsWith('}')) {
    return undefined;
  }
  try {
    const attributes: unknown = JSON.parse(`${text.slice(0, at)}}`);
    return { attributes: attributes as Record<string, unknown>, data: text.slice(at + DATA.length, -1) };
  } catch {
    return undefined;
  }
}

/** @throws InvalidEnvelopeError when an extension has a name that CloudEvents do not allow. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const wrong = Object.keys(headers).find((name) => !EXTENSION.test(name) || ATTRIBUTES.has(name));
  if (wrong === undefined) return;
  throw new InvalidEnvelopeError(
    `"${wrong}" is no name of an extension`,
    'Name headers by small letters and digits, other than the attributes of CloudEvents.',
  );
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws InvalidEnvelopeError unless it is a UUID, which databases keep the ids of events as. */
export function checkEventId(id: string): void {
  if (UUID.test(id)) return;
  throw new InvalidEnvelopeError(`"${id}" is no UUID`, 'Give a UUID as the id, or none.');
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    throw new InvalidEnvelopeError('it is no JSON');
  }
  throw new InvalidEnvelopeError('it is no object');
}
