import { deepEqual, equal, ok } from 'node:assert/strict';
import { type BrokerCase, listen, message, numbered, place, until } from './broker-case.js';

/** What becomes of messages that were given up. */
export const DEAD_LETTER_CASES: readonly BrokerCase[] = [
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
    title: 'shows dead letters by pages and one by one',
    async run(broker) {
      const here = place();
      await listen(broker, here, (delivery) => delivery.deadLetter('broken'));
      const sent = numbered(5).map((one) => ({ ...one, key: 'k' }));
      await broker.publish(here.topic, sent);
      await until(async () => (await broker.deadLetters(here, 10)).length === 5);
      const first = await broker.deadLetters(here, 2);
      const second = await broker.deadLetters(here, 2, first[1]?.id);
      const third = await broker.deadLetters(here, 2, second[1]?.id);
      deepEqual(
        [first, second, third].map((page) => page.map(({ message: { id } }) => id)),
        [sent.slice(0, 2), sent.slice(2, 4), sent.slice(4)].map((page) => page.map(({ id }) => id)),
      );
      deepEqual(await broker.deadLetter(here, second[0]?.id ?? ''), second[0]);
      equal(await broker.deadLetter(here, 'no-such-id'), undefined);
      deepEqual(await broker.deadLetters(here, 10, 'no-such-id'), []);
      equal(await broker.replay(here, ['no-such-id']), 0);
      equal((await broker.deadLetters(here, 10)).length, 5);
    },
  },
  {
    title: 'shows all dead letters to each of several processes that look at the same time',
    acrossProcesses: true,
    async run(broker, under) {
      const here = place();
      await listen(broker, here, (delivery) => delivery.deadLetter('broken'));
      await broker.publish(here.topic, numbered(5));
      await until(async () => (await broker.deadLetters(here, 10)).length === 5);
      const others = await Promise.all([under.open(), under.open()]);
      const looks = [...others, broker, ...others].map((one) => one.deadLetters(here, 10));
      deepEqual(
        (await Promise.all(looks)).map((letters) => letters.length),
        [5, 5, 5, 5, 5],
      );
      for (const other of others) await other.disconnect();
    },
  },
  {
    title: 'has no dead letters of groups that nobody ever ran',
    async run(broker) {
      const here = place();
      deepEqual(await broker.deadLetters(here, 10), []);
      deepEqual([await broker.replay(here), await broker.purge(here)], [0, 0]);
      ok(!(await broker.listTopics()).includes(here.topic));
    },
  },
];
