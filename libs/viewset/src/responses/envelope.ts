import type { JsonSchema } from '@core-framework/orm';

/** The shape of success bodies in the format `envelope`. */
export interface Envelope<D = unknown, M extends object = object> {
  readonly success: true;
  readonly message: string;
  readonly data: D;
  /** What is to be said about the data, such as the number of its pages. */
  readonly meta?: M;
}

/** What an envelope says that names no message. */
const STANDARD_MESSAGE = 'Operation successful';

const envelopes = new WeakSet<object>();

/** Puts data into an envelope that the pipeline knows, so that it is never put into a second one. */
export function envelopeOf<D, M extends object>(data: D, message = STANDARD_MESSAGE, meta?: M): Envelope<D, M> {
  const envelope: Envelope<D, M> = { success: true, message, data, ...(meta && { meta }) };
  envelopes.add(envelope);
  return envelope;
}

/** Whether something has been put into an envelope already. */
export function isEnvelope(value: unknown): value is Envelope {
  return typeof value === 'object' && value !== null && envelopes.has(value);
}

/** The JSON Schema of an envelope around data. */
export function envelopeSchema(data: JsonSchema, meta?: JsonSchema): JsonSchema {
  const properties = { success: { const: true }, message: { type: 'string' }, data, ...(meta && { meta }) };
  return { type: 'object', properties, required: Object.keys(properties) };
}
