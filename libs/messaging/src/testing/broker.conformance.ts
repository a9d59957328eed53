import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Delivery, MessageBroker, SubscribeRequest, Subscription } from '../brokers/message-broker.js';
import type { EventMessage } from '../envelope/event-message.js';

/** A broker that a case of {@link BROKER_CASES} is run against. */
export interface BrokerUnderTest {
  /** Makes a further broker on the same server, connected: another process, as far as it knows. */
  open(): Promise<MessageBroker>;
}

/** One thing that every broker must do; rejects when it does not. */
export interface BrokerCase {
  readonly title: string;
  /** Whether it is about several processes, which a broker within one does not have. */
  readonly acrossProcesses?: boolean;
  run(broker: MessageBroker, under: BrokerUnderTest): Promise<void>;
}

/** How long a case waits for what must happen. */
const PATIENCE_MS = 15_000;

function message(values: Partial<EventMessage> = {}): EventMessage {
  const time = new Date().toISOString();
  return { id: randomUUID(), type: 'thing.happened', source: 'tests', time, data: '{"n":1}', headers: {}, ...values };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => message({ data: String(index) }));

/** Names of its own, so that cases do not meet. */
const place = () => ({ topic: `t-${randomUUID().slice(0, 8)}`, group: `g-${randomUUID().slice(0, 8)}` });

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const REQUEST: Omit<SubscribeRequest, 'group' | 'topics'> = { prefetch: 10, visibilityMs: 1000 };

/** Subscribes and hands each delivery to `decide`; what came stands in the answer. */
async function listen(
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

const textsOf = (came: readonly Delivery[]) => came.map(({ message: { data } }) => data);

/** What every {@link MessageBroker} must do; run each case against a connected one. */
export const BROKER_CASES: readonly BrokerCase[] = [
  {
    title: 'delivers a message as it was published, once per group',
    async run(broker) {
      const { topic, group } = place();
      const one = await listen(broker, { topic, group });
      const other = await listen(broker, { topic, group: `${group}-2` });
      const sent = message({ key: 'k', data: '{"text":"ä\\u2028"}', headers: { traceparent: '00-1-2-03' } });
      deepEqual([...(await broker.publish(topic, [sent]))], []);
      await until(() => one.came.length === 1 && other.came.length === 1);
      deepEqual({ ...one.came[0]?.message }, { ...sent, data: one.came[0]?.message.data });
      deepEqual(JSON.parse(one.came[0]?.message.data ?? ''), JSON.parse(sent.data));
      deepEqual([one.came[0]?.topic, one.came[0]?.attempt], [topic, 1]);
    },
  },
  {
    title: 'delivers messages in the order in which they were published',
    async run(broker) {
      const { topic, group } = place();
      const { came } = await listen(broker, { topic, group });
      const sent = numbered(100);
      await broker.publish(topic, sent.slice(0, 60));
      await broker.publish(topic, sent.slice(60));
      await until(() => came.length === 100);
      deepEqual(
        textsOf(came),
        sent.map(({ data }) => data),
      );
    },
  },
  {
    title: 'gives each message to one of several subscribers of a group',
    acrossProcesses: true,
    async run(broker, { open }) {
      const { topic, group } = place();
      const second = await open();
      const [one, other] = [await listen(broker, { topic, group }), await listen(second, { topic, group })];
      await broker.publish(topic, numbered(200));
      await until(() => one.came.length + other.came.length === 200);
      equal(new Set(textsOf([...one.came, ...other.came])).size, 200);
      await second.disconnect();
    },
  },
  {
    title: 'gives what a process that died had in hand to another, and counts that attempt',
    acrossProcesses: true,
    async run(broker, { open }) {
      const { topic, group } = place();
      const doomed = await open();
      const lost = await listen(doomed, { topic, group }, async () => undefined);
      await broker.publish(topic, numbered(5));
      await until(() => lost.came.length === 5);
      await doomed.disconnect();
      const { came } = await listen(broker, { topic, group });
      await until(() => came.length === 5);
      deepEqual(
        came.map(({ attempt }) => attempt),
        [2, 2, 2, 2, 2],
      );
    },
  },
  {
    title: 'leaves a message to whoever says that it is still being worked on',
    acrossProcesses: true,
    async run(broker, { open }) {
      const { topic, group } = place();
      const second = await open();
      const slow = await listen(second, { topic, group }, async () => undefined, { visibilityMs: 300 });
      await broker.publish(topic, numbered(1));
      await until(() => slow.came.length === 1);
      const { came } = await listen(broker, { topic, group }, undefined, { visibilityMs: 300 });
      for (let round = 0; round < 20; round++) {
        await slow.came[0]?.extend();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      deepEqual([came.length, slow.came.length], [0, 1]);
      await slow.came[0]?.ack();
      await second.disconnect();
    },
  },
  {
    title: 'has no more in hand than the prefetch says',
    async run(broker) {
      const { topic, group } = place();
      const { came } = await listen(broker, { topic, group }, async () => undefined, { prefetch: 4 });
      await broker.publish(topic, numbered(20));
      await until(() => came.length === 4);
      await new Promise((resolve) => setTimeout(resolve, 100));
      equal(came.length, 4);
      for (let taken = 0; taken < 20; taken++) {
        await until(() => came.length > taken);
        await came[taken]?.ack();
      }
      equal(came.length, 20);
    },
  },
  {
    title: 'delivers a message again after the delay, to the group that asked for it only, and counts the attempts',
    async run(broker) {
      const { topic, group } = place();
      const { came } = await listen(broker, { topic, group }, (delivery) =>
        delivery.attempt < 3 ? delivery.retry(50, 'not yet') : delivery.ack(),
      );
      const other = await listen(broker, { topic, group: `${group}-2` });
      const sent = message({ key: 'k', headers: { traceparent: 'x' } });
      await broker.publish(topic, [sent]);
      await until(() => came.length === 3);
      deepEqual(
        came.map(({ attempt }) => attempt),
        [1, 2, 3],
      );
      deepEqual({ ...came[2]?.message }, sent);
      equal(other.came.length, 1);
    },
  },
  {
    title: 'does not hold other messages up while one waits to be delivered again',
    async run(broker) {
      const { topic, group } = place();
      const { came } = await listen(broker, { topic, group }, (delivery) =>
        delivery.message.data === '0' ? delivery.retry(60_000, 'later') : delivery.ack(),
      );
      await broker.publish(topic, numbered(30));
      await until(() => came.length === 30);
    },
  },
  {
    title: 'keeps dead letters with reason, attempts and the message as it was',
    async run(broker) {
      const here = place();
      await listen(broker, here, (delivery) => delivery.deadLetter('broken: "x"'));
      const sent = message({ key: 'k', headers: { traceparent: 'x' } });
      await broker.publish(here.topic, [sent]);
      await until(async () => (await broker.deadLetters(here, 10)).length === 1);
      const [letter] = await broker.deadLetters(here, 10);
      deepEqual([letter?.reason, letter?.attempt, letter?.topic], ['broken: "x"', 1, here.topic]);
      deepEqual({ ...letter?.message }, sent);
      ok(letter && Math.abs(letter.failedAt.getTime() - Date.now()) < 60_000);
    },
  },
  {
    title: 'replays dead letters to their group as new, and deletes them',
    async run(broker) {
      const here = place();
      let healed = false;
      const { came } = await listen(broker, here, (delivery) =>
        healed ? delivery.ack() : delivery.deadLetter('broken'),
      );
      const other = await listen(broker, { ...here, group: `${here.group}-2` });
      await broker.publish(here.topic, numbered(3));
      await until(async () => (await broker.deadLetters(here, 10)).length === 3);
      healed = true;
      const [first, second] = await broker.deadLetters(here, 10);
      equal(await broker.replay(here, [first?.id ?? '']), 1);
      await until(() => came.length === 4);
      deepEqual([came[3]?.message.data, came[3]?.attempt], [first?.message.data, 1]);
      equal(await broker.purge(here, [second?.id ?? '']), 1);
      equal(await broker.replay(here), 1);
      await until(() => came.length === 5);
      deepEqual(await broker.deadLetters(here, 10), []);
      equal(await broker.purge(here), 0);
      equal(other.came.length, 3);
    },
  },
  {
    title: 'gives nothing to a subscription that pauses, and everything once it resumes',
    async run(broker) {
      const { topic, group } = place();
      const { came, subscription } = await listen(broker, { topic, group });
      await broker.publish(topic, numbered(1));
      await until(() => came.length === 1);
      subscription.pause();
      await new Promise((resolve) => setTimeout(resolve, 300));
      await broker.publish(topic, numbered(5));
      await new Promise((resolve) => setTimeout(resolve, 200));
      equal(came.length, 1);
      equal(await subscription.lag(), 5);
      subscription.resume();
      await until(() => came.length === 6);
      await until(async () => (await subscription.lag()) === 0);
    },
  },
  {
    title: 'draining waits for what is in hand and takes nothing more',
    async run(broker) {
      const { topic, group } = place();
      const { came, subscription } = await listen(broker, { topic, group }, async () => undefined);
      await broker.publish(topic, numbered(2));
      await until(() => came.length === 2);
      let drained = false;
      const draining = subscription.drain(PATIENCE_MS).then(() => (drained = true));
      await broker.publish(topic, numbered(1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      equal(drained, false);
      for (const delivery of came) await delivery.ack();
      await draining;
      equal(came.length, 2);
    },
  },
  {
    title: 'knows its topics',
    async run(broker) {
      const { topic } = place();
      await broker.createTopic(topic);
      ok((await broker.listTopics()).includes(topic));
      await broker.createTopic(topic);
      await broker.deleteTopic(topic);
      ok(!(await broker.listTopics()).includes(topic));
    },
  },
  {
    title: 'is healthy',
    async run(broker) {
      equal(typeof (await broker.health()), 'object');
    },
  },
];
