import { InvalidPayloadError } from '../errors/messaging.errors.js';

/** Big integers are texts, as everywhere in JSON. @throws InvalidPayloadError */
export function jsonOf(event: string, data: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(data ?? null, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  } catch (error) {
    throw new InvalidPayloadError(event, [(error as Error).message]);
  }
  if (text === undefined) throw new InvalidPayloadError(event, [`a ${typeof data} is no JSON`]);
  return text;
}
