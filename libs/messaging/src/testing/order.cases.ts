import { deepEqual } from 'node:assert/strict';
import type { Delivery, MessageBroker } from '../brokers/message-broker.js';
import { KeyLanes } from '../consuming/key-lanes.js';
import { type BrokerCase, listen, PATIENCE_MS, message, place, until } from './broker-case.js';

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
      const all = Array.from({ length: 400 }, (_, index) =>
        message({ data: String(index), key: KEYS[index % KEYS.length] }),
      );
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
      const numbersOf = (key: string) => done.filter((data) => KEYS[Number(data) % KEYS.length] === key).map(Number);
      for (const key of KEYS) {
        deepEqual(
          numbersOf(key),
          numbersOf(key).toSorted((one, other) => one - other),
        );
      }
      await leaving;
      await third.disconnect();
    },
  },
];
