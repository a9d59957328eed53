import type { EventMessage } from '../envelope/event-message.js';
import type { InHand } from './in-hand.js';
import type { Delivery } from './message-broker.js';

/**
 * Hands a message to a subscription that is gone with its process. So is what becomes of the message: it is tried again by a
 * timer here, and nobody could look for its dead letters.
 */
export function deliverEphemeral(
  topic: string,
  message: EventMessage,
  inHand: InHand,
  handle: (delivery: Delivery) => Promise<void>,
  attempt = 1,
): void {
  let decided = false;
  const decide = async (consequence?: () => void) => {
    if (decided) return;
    decided = true;
    consequence?.();
    inHand.remove();
  };
  inHand.add();
  const again = () => deliverEphemeral(topic, message, inHand, handle, attempt + 1);
  const delivery: Delivery = {
    message,
    topic,
    attempt,
    ack: () => decide(),
    retry: (delayMs) => decide(() => setTimeout(again, delayMs).unref()),
    deadLetter: () => decide(),
    extend: async () => undefined,
  };
  void handle(delivery).catch(() => undefined);
}
