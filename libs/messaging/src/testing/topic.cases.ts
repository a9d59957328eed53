import { deepEqual, equal, ok } from 'node:assert/strict';
import { type BrokerCase, listen, numbered, place, until } from './broker-case.js';

/** What operators see. */
export const TOPIC_CASES: readonly BrokerCase[] = [
  {
    title: 'knows its topics',
    topicAdmin: true,
    async run(broker) {
      const { topic } = place();
      await broker.createTopic(topic);
      ok((await broker.listTopics()).includes(topic));
      await broker.createTopic(topic);
      await broker.deleteTopic(topic);
      ok(!(await broker.listTopics()).includes(topic));
      equal(await broker.describeTopic(topic), undefined);
      await broker.deleteTopic(topic);
    },
  },
  {
    title: 'begins anew with a topic that was deleted, while somebody listens to it',
    topicAdmin: true,
    async run(broker) {
      const { topic, group } = place();
      const { came } = await listen(broker, { topic, group });
      await broker.publish(topic, numbered(1));
      await until(() => came.length === 1);
      await broker.deleteTopic(topic);
      await until(async () => {
        await broker.publish(topic, numbered(1));
        await new Promise((resolve) => setTimeout(resolve, 100));
        return came.length > 1;
      });
      await broker.deleteTopic(topic);
    },
  },
  {
    title: 'describes a topic: its groups, what each has not dealt with, its dead letters',
    topicAdmin: true,
    async run(broker) {
      const { topic, group } = place();
      const stuck = await listen(broker, { topic, group: `${group}-2` }, async () => undefined, { prefetch: 1 });
      const { came } = await listen(broker, { topic, group }, async (delivery) => {
        if (delivery.message.data === '0') await delivery.deadLetter('broken');
        else if (delivery.message.data === '1') await delivery.retry(60_000, 'later');
        else await delivery.ack();
      });
      await broker.publish(topic, numbered(4));
      await until(() => came.length === 4 && stuck.came.length === 1);
      const facts = async () => (await broker.describeTopic(topic))?.groups ?? [];
      await until(async () => (await facts())[0]?.lag === 1);
      deepEqual(await facts(), [
        { group, lag: 1, deadLetters: 1 },
        { group: `${group}-2`, lag: 4, deadLetters: 0 },
      ]);
      const described = await broker.describeTopic(topic);
      deepEqual([described?.topic, described?.partitions], [topic, 1]);
      ok((await broker.listTopics()).includes(topic));
    },
  },
  {
    title: 'forgets a group',
    topicAdmin: true,
    async run(broker) {
      const { topic, group } = place();
      const { came, subscription } = await listen(broker, { topic, group }, (delivery) =>
        delivery.deadLetter('broken'),
      );
      await broker.publish(topic, numbered(1));
      await until(() => came.length === 1);
      await until(async () => (await broker.deadLetters({ topic, group }, 10)).length === 1);
      await subscription.drain(1000);
      await broker.deleteGroup({ topic, group });
      deepEqual((await broker.describeTopic(topic))?.groups, []);
      deepEqual(await broker.deadLetters({ topic, group }, 10), []);
      await broker.deleteGroup({ topic, group });
    },
  },
  {
    title: 'is healthy',
    async run(broker) {
      equal(typeof (await broker.health()), 'object');
    },
  },
];
