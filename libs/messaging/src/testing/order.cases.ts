import { deepEqual } from 'node:assert/strict';
import type { Delivery, MessageBroker } from '../brokers/message-broker.js';
import { KeyLanes } from '../consuming/key-lanes.js';
import { type BrokerCase, listen, message, numbered, PATIENCE_MS, place, until } from './broker-case.js';

const KEYS = ['a', 'b', 'c', 'd'];

/** Works as consumers do: on messages of a key one after the other; one that was done before has no second effect. */
class Worker {
  readonly #lanes = new KeyLanes(10);
  readonly #failed = new Set<string>();
  isDead = false;

  constructor(private readonly done: string[]) {}

  take(delivery: Delivery): Promise<void> {
    return this.#lanes.run(delivery.message.key, () => this.#work(delivery));
  }

  /** Answers after how many milliseconds a message that fails is tried again. */
  async #work({ message: { data }, ack }: Delivery): Promise<number | undefined> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
    if (this.isDead) return undefined;
    if (Number(data) % 50 === 20 && !this.#failed.has(data)) {
      this.#failed.add(data);
      return 100;
    }
    if (!this.done.includes(data)) this.done.push(data);
    await ack().catch(() => undefined);
    return undefined;
  }
}

const keyOf = (number: number) => KEYS[number % KEYS.length];

function checkOrder(done: readonly string[]): void {
  for (const key of KEYS) {
    const numbers = done.map(Number).filter((number) => keyOf(number) === key);
    deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
  }
}

/** What holds of messages that have a key. */
export const ORDER_CASES: readonly BrokerCase[] = [
  {
    title: 'keeps the order of each key among several subscribers of a group, of which one dies and one leaves',
    acrossProcesses: true,
    severalMembers: true,
    async run(broker, { open }) {
      const { topic, group } = place();
      const done: string[] = [];
      const subscribe = async (on: MessageBroker) => {
        const worker = new Worker(done);
        const { subscription } = await listen(on, { topic, group }, (delivery) => worker.take(delivery));
        return { worker, subscription };
      };
      const [second, third] = [await open(), await open()];
      const doomed = await subscribe(second);
      let leaving: Promise<void> | undefined;
      await subscribe(broker);
      const all = Array.from({ length: 400 }, (_, index) => message({ data: String(index), key: keyOf(index) }));
      for (let start = 0; start < all.length; start += 20) {
        await broker.publish(topic, all.slice(start, start + 20));
        if (start === 100) await until(() => done.length > 40);
        if (start === 200) {
          doomed.worker.isDead = true;
          await second.disconnect();
          const { subscription } = await subscribe(third);
          await until(() => done.length > 160);
          leaving = subscription.drain(PATIENCE_MS);
        }
      }
      await until(() => done.length === all.length);
      checkOrder(done);
      await leaving;
      await third.disconnect();
    },
  },
  {
    title: 'keeps the order of keys that come while several subscribers are busy with what has none',
    acrossProcesses: true,
    severalMembers: true,
    async run(broker, { open }) {
      const { topic, group } = place();
      const done: string[] = [];
      let others = 0;
      const second = await open();
      const all = Array.from({ length: 200 }, (_, index) => message({ data: String(index), key: keyOf(index) }));
      await broker.createTopic(topic);
      await (await listen(broker, { topic, group })).subscription.drain(PATIENCE_MS);
      await broker.publish(topic, numbered(1000));
      for (const member of [broker, second]) {
        const worker = new Worker(done);
        await listen(member, { topic, group }, async (delivery) => {
          if (delivery.message.key !== undefined) return worker.take(delivery);
          others += 1;
          return delivery.ack();
        });
      }
      await until(() => others > 100);
      await broker.publish(topic, all);
      await until(() => done.length === all.length && others === 1000);
      checkOrder(done);
      await second.disconnect();
    },
  },
];
