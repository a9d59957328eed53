import type { EventMessage } from '../envelope/event-message.js';
import { BrokerRefusedError } from '../errors/messaging.errors.js';
import type { Parcel, RabbitMQConnection } from './rabbitmq-connection.js';
import { propertiesOf } from './rabbitmq-messages.js';

/**
 * Sends messages to the exchange of a topic. Answers what was wrong with single ones by their ids: a message that is too large
 * ends the channel for all that are on their way, which are sent again without it.
 */
export async function publishToExchange(
  connection: RabbitMQConnection,
  topic: string,
  messages: readonly EventMessage[],
): Promise<Map<string, Error>> {
  const errors = errorsOf(messages, await connection.publish(parcelsOf(topic, messages)));
  const suspects = messages.filter(({ id }) => endsChannels(errors.get(id)));
  for (const { id } of suspects) errors.delete(id);
  for (const [id, error] of await publishInParts(connection, topic, suspects)) errors.set(id, error);
  return errors;
}

/** Whether it is the message that cannot be published, wherever it goes. */
export function refusesMessage(error: Error | undefined): boolean {
  if (!(error instanceof BrokerRefusedError)) return false;
  return codeOf(error) === undefined || endsChannels(error);
}

/** By halves, each on a channel of its own: whoever is alone there ended it. */
async function publishInParts(
  connection: RabbitMQConnection,
  topic: string,
  messages: readonly EventMessage[],
): Promise<Map<string, Error>> {
  if (messages.length === 0) return new Map();
  const errors = errorsOf(messages, await connection.publishApart(parcelsOf(topic, messages)));
  const suspects = messages.filter(({ id }) => endsChannels(errors.get(id)));
  if (suspects.length < 2) return errors;
  const half = Math.ceil(suspects.length / 2);
  for (const part of [suspects.slice(0, half), suspects.slice(half)]) {
    const found = await publishInParts(connection, topic, part);
    for (const { id } of part) {
      const error = found.get(id);
      if (error) errors.set(id, error);
      else errors.delete(id);
    }
  }
  return errors;
}

function errorsOf(messages: readonly EventMessage[], answers: readonly (Error | undefined)[]): Map<string, Error> {
  return new Map(messages.flatMap(({ id }, index) => (answers[index] ? [[id, answers[index]] as const] : [])));
}

function parcelsOf(topic: string, messages: readonly EventMessage[]): readonly Parcel[] {
  return messages.map((message) => ({
    exchange: topic,
    routingKey: message.type,
    content: Buffer.from(message.data),
    properties: propertiesOf(message),
  }));
}

/** Whether the server ended the channel over what one message is like (406). */
function endsChannels(error: Error | undefined): boolean {
  return error instanceof BrokerRefusedError && codeOf(error) === 406;
}

function codeOf({ cause }: Error): unknown {
  return (cause as { readonly code?: unknown } | undefined)?.code;
}
