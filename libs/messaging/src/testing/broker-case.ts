import { randomUUID } from 'node:crypto';
import type { Delivery, MessageBroker, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';

/** A broker that a case is run against. */
export interface BrokerUnderTest {
  /** Makes a further broker on the same server, connected: another process, as far as it knows. */
  open(): Promise<MessageBroker>;
}

/** One thing that every broker must do; rejects when it does not. */
export interface BrokerCase {
  readonly title: string;
  /** Whether it is about several processes, which a broker within one does not have. */
  readonly acrossProcesses?: boolean;
  /** Whether it is about making and deleting topics, which needs more rights, and more of a server, than messages. */
  readonly topicAdmin?: boolean;
  /** Whether several members of a group come and go, which needs a server that lets them. */
  readonly severalMembers?: boolean;
  /** Whether it is about counting deliveries to processes that died, which Kafka does not. */
  readonly countsDeaths?: boolean;
  run(broker: MessageBroker, under: BrokerUnderTest): Promise<void>;
}

/** How long a case waits for what must happen. */
export const PATIENCE_MS = 25_000;

export function message(values: Partial<EventMessage> = {}): EventMessage {
  const time = new Date().toISOString();
  return { id: randomUUID(), type: 'thing.happened', source: 'tests', time, data: '{"n":1}', headers: {}, ...values };
}

export const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => message({ data: String(index) }));

/** Names of its own, so that cases do not meet. */
export const place = () => ({ topic: `t-${randomUUID().slice(0, 8)}`, group: `g-${randomUUID().slice(0, 8)}` });

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const REQUEST: Omit<SubscribeRequest, 'group' | 'topics'> = { prefetch: 10, visibilityMs: 1000 };

/** Subscribes and hands each delivery to `decide`; what came stands in the answer. */
export async function listen(
  broker: MessageBroker,
  { topic, group }: { topic: string; group: string },
  decide: (delivery: Delivery) => Promise<void> = (delivery) => delivery.ack(),
  request: Partial<SubscribeRequest> = {},
): Promise<{ readonly came: Delivery[]; readonly subscription: Subscription }> {
  const came: Delivery[] = [];
  const subscription = await broker.subscribe({ ...REQUEST, topics: [topic], group, ...request }, async (delivery) => {
    came.push(delivery);
    await decide(delivery);
  });
  return { came, subscription };
}

export const textsOf = (came: readonly Delivery[]) => came.map(({ message: { data } }) => data);
