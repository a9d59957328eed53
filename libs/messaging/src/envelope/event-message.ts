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

const ATTRIBUTES = ['specversion', 'id', 'type', 'source', 'time', 'datacontenttype', 'partitionkey'];
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

/** @throws InvalidEnvelopeError when the text is no CloudEvent in JSON. */
export function fromStructured(text: string): EventMessage {
  const envelope = parsed(text);
  const attribute = (name: string): string => {
    const value = envelope[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new InvalidEnvelopeError(`it has no ${name}`);
  };
  if (attribute('specversion') !== '1.0') throw new InvalidEnvelopeError('it is of another version');
  const { data = null, partitionkey, time } = envelope;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(envelope)) {
    if (!ATTRIBUTES.includes(name) && typeof value === 'string' && EXTENSION.test(name)) headers[name] = value;
  }
  return {
    id: attribute('id'),
    type: attribute('type'),
    source: attribute('source'),
    time: typeof time === 'string' ? time : new Date(0).toISOString(),
    ...(typeof partitionkey === 'string' && { key: partitionkey }),
    data: JSON.stringify(data),
    headers,
  };
}

/** @throws InvalidEnvelopeError when an extension has a name that CloudEvents do not allow. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const wrong = Object.keys(headers).find(
    (name) => !EXTENSION.test(name) || ATTRIBUTES.includes(name) || name === 'data',
  );
  if (wrong !== undefined) throw new InvalidEnvelopeError(`"${wrong}" is no name of an extension (a to z and digits)`);
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
