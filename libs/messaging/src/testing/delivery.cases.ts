import { deepEqual, equal, ok } from 'node:assert/strict';
import { type BrokerCase, PATIENCE_MS, listen, message, numbered, place, textsOf, until } from './broker-case.js';

/** How messages are delivered. */
export const DELIVERY_CASES: readonly BrokerCase[] = [
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
    title: 'delivers the messages of a key in the order in which they were published',
    async run(broker) {
      const { topic, group } = place();
      const { came } = await listen(broker, { topic, group });
      const sent = numbered(100).map((one) => ({ ...one, key: 'k' }));
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
    severalMembers: true,
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
    title: 'gives what a process that died had in hand to another',
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
      deepEqual(textsOf(came).toSorted(), ['0', '1', '2', '3', '4']);
      // So that one over which processes die is found out.
      ok(came.every(({ abandoned = 0, suspect = false }) => suspect || abandoned > 0));
    },
  },
  {
    title: 'counts the attempts of processes that died',
    acrossProcesses: true,
    countsDeaths: true,
    async run(broker, { open }) {
      const { topic, group } = place();
      const doomed = await open();
      const lost = await listen(doomed, { topic, group }, async () => undefined);
      await broker.publish(topic, numbered(1));
      await until(() => lost.came.length === 1);
      await doomed.disconnect();
      const { came } = await listen(broker, { topic, group });
      await until(() => came.length === 1);
      deepEqual(
        came.map(({ attempt }) => attempt),
        [2],
      );
    },
  },
  {
    title: 'leaves a message to whoever says that it is still being worked on',
    acrossProcesses: true,
    severalMembers: true,
    async run(broker, { open }) {
      const visibilityMs = 1000;
      // On a machine that is so busy that the word comes too late nothing is learnt: once more.
      for (let isLate = true; isLate;) {
        const { topic, group } = place();
        const second = await open();
        const slow = await listen(second, { topic, group }, async () => undefined, { visibilityMs });
        await broker.publish(topic, numbered(1));
        await until(() => slow.came.length === 1);
        let said = performance.now();
        const { came, subscription } = await listen(broker, { topic, group }, undefined, { visibilityMs });
        isLate = false;
        for (let round = 0; round < 15; round++) {
          await slow.came[0]?.extend();
          isLate ||= performance.now() - said > visibilityMs / 2;
          said = performance.now();
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
        if (!isLate) deepEqual([came.length, slow.came.length], [0, 1]);
        await slow.came[0]?.ack();
        await second.disconnect();
        await subscription.drain(0);
      }
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
    title: 'gives nothing to a subscription that pauses, and everything once it resumes',
    async run(broker) {
      const { topic, group } = place();
      const { came, subscription } = await listen(broker, { topic, group });
      await broker.publish(topic, numbered(1));
      await until(() => came.length === 1);
      subscription.pause();
      await broker.publish(topic, numbered(5));
      await until(async () => (await subscription.lag()) === 5);
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
    title: 'gives to others what was not decided on when the draining ended',
    async run(broker) {
      const { topic, group } = place();
      const slow = await listen(broker, { topic, group }, async () => undefined);
      await broker.publish(topic, numbered(2));
      await until(() => slow.came.length === 2);
      await slow.subscription.drain(50);
      const { came } = await listen(broker, { topic, group });
      await until(() => came.length === 2);
    },
  },
  {
    title: 'lets whoever listens for itself hear what is published from then on',
    async run(broker) {
      const { topic, group } = place();
      const kept = await listen(broker, { topic, group });
      await broker.publish(topic, numbered(1));
      await until(() => kept.came.length === 1);
      const ephemeral = { ephemeral: true };
      const one = await listen(broker, { topic, group: `${group}-e` }, (delivery) => delivery.ack(), ephemeral);
      const other = await listen(
        broker,
        { topic, group: `${group}-e` },
        (delivery) => (delivery.attempt === 1 ? delivery.retry(10, 'again') : delivery.ack()),
        ephemeral,
      );
      await broker.publish(topic, [message({ data: '"new"' })]);
      await until(() => one.came.length === 1 && other.came.length === 2);
      deepEqual([textsOf(one.came), textsOf(other.came)], [['"new"'], ['"new"', '"new"']]);
    },
  },
  {
    title: 'keeps nothing of whoever listens for itself',
    topicAdmin: true,
    async run(broker) {
      const { topic, group } = place();
      const { came, subscription } = await listen(broker, { topic, group }, undefined, { ephemeral: true });
      await broker.publish(topic, numbered(1));
      await until(() => came.length === 1);
      await subscription.drain(1000);
      deepEqual((await broker.describeTopic(topic))?.groups, []);
    },
  },
];
