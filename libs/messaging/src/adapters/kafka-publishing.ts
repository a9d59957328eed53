import type { EventMessage } from '../envelope/event-message.js';
import { is } from './kafka-clients.js';

/** Refusals of single messages, or of how much comes at once: a server takes so many bytes of a partition in one go. */
const OF_MESSAGES = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP'];
/** Refusals of a topic, whatever is sent to it. */
const OF_TOPICS = [
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'POLICY_VIOLATION',
];

/**
 * Sends messages of one topic in as few parts as the server takes, in order. Answers what was wrong with single ones by their
 * ids: neither one that is too large nor a topic that may not be written to means that the server is away.
 *
 * @throws what `send` threw, when it is about neither.
 */
export async function publishInParts(
  messages: readonly EventMessage[],
  send: (part: readonly EventMessage[]) => Promise<void>,
): Promise<ReadonlyMap<string, Error>> {
  try {
    await send(messages);
    return new Map();
  } catch (error) {
    const ofMessages = OF_MESSAGES.some((name) => is(error, name));
    if (!ofMessages && !refusesTopic(error)) throw error;
    if (!ofMessages || messages.length === 1) return new Map(messages.map(({ id }) => [id, reasonOf(error)]));
    const half = Math.ceil(messages.length / 2);
    const [first, second] = [messages.slice(0, half), messages.slice(half)];
    return new Map([...(await publishInParts(first, send)), ...(await publishInParts(second, send))]);
  }
}

function refusesTopic(error: unknown): boolean {
  // Servers that make no topics by themselves do not know it; the client tells so in words of its own.
  return OF_TOPICS.some((name) => is(error, name)) || reasonOf(error).message.startsWith('Unknown topic ');
}

/** What the server said, without how it came here. */
function reasonOf(error: unknown): Error {
  const { errors: [inner] = [], cause = inner } = error as { errors?: readonly unknown[]; cause?: unknown };
  if (cause !== undefined) return reasonOf(cause);
  return error instanceof Error ? error : new Error(String(error));
}
