import { setTimeout as pause } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import type { RabbitMQConnection } from './rabbitmq-connection.js';
import { KEPT_QUEUE } from './rabbitmq-names.js';

/** Topics, their groups, and the delays for which each has a queue: AMQP cannot list what a server has. */
export type Registered = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

const QUEUE = 'core-framework:topics';
/** Exclusive to whoever reads or writes; it goes with its connection. */
const LOCK = 'core-framework:topics:lock';

/** Keeps a message on the server that says which topics and groups there are. Whoever works on it takes it out for that. */
export class RabbitMQRegistry {
  #turn: Promise<unknown> = Promise.resolve();
  #known: Registered = {};

  constructor(private readonly connection: RabbitMQConnection) {}

  /** Has the next addition look, because somebody else may have deleted something. */
  forget(): void {
    this.#known = {};
  }

  async read(): Promise<Registered> {
    return this.#change((registered) => registered);
  }

  async add(topic: string, group?: string, delayMs?: number): Promise<void> {
    if (isIn(this.#known, topic, group, delayMs)) return;
    await this.#change((registered) => {
      if (isIn(registered, topic, group, delayMs)) return registered;
      const groups = registered[topic] ?? {};
      if (group === undefined) return { ...registered, [topic]: groups };
      const delays = [...(groups[group] ?? []), ...(delayMs === undefined ? [] : [delayMs])];
      return { ...registered, [topic]: { ...groups, [group]: delays } };
    });
  }

  async remove(topic: string, group?: string): Promise<void> {
    await this.#change((registered) => {
      const { [topic]: groups, ...others } = registered;
      if (!groups) return registered;
      if (group === undefined) return others;
      const { [group]: _removed, ...left } = groups;
      return { ...others, [topic]: left };
    });
  }

  /** One after the other: here, and over all connections. */
  async #change(change: (registered: Registered) => Registered): Promise<Registered> {
    const work = this.#turn.then(() =>
      this.connection.withChannel(async (channel) => {
        await this.#lock();
        try {
          return await this.#replace(channel, change);
        } finally {
          await channel.deleteQueue(LOCK);
        }
      }),
    );
    this.#turn = work.catch(() => undefined);
    return work;
  }

  async #lock(): Promise<void> {
    const end = Date.now() + this.connection.timeoutMs;
    for (;;) {
      const channel = await this.connection.channel();
      try {
        await channel.assertQueue(LOCK, { exclusive: true, durable: false });
        return await channel.close();
      } catch (error) {
        if ((error as { code?: unknown }).code !== 405 || Date.now() > end) throw error;
      }
      await pause(5 + Math.random() * 20);
    }
  }

  async #replace(channel: ConfirmChannel, change: (registered: Registered) => Registered): Promise<Registered> {
    await channel.assertQueue(QUEUE, KEPT_QUEUE);
    let before: Registered = {};
    let notes = 0;
    // Several, when somebody died between writing the new and deleting the old.
    for (let note = await channel.get(QUEUE); note; note = await channel.get(QUEUE), notes += 1) {
      before = { ...(JSON.parse(note.content.toString()) as Registered), ...before };
    }
    const after = change(before);
    if (after === before && notes === 1) channel.nackAll(true);
    else {
      channel.sendToQueue(QUEUE, Buffer.from(JSON.stringify(after)), { persistent: true });
      await channel.waitForConfirms();
      channel.ackAll();
    }
    this.#known = after;
    return after;
  }
}

function isIn(registered: Registered, topic: string, group?: string, delayMs?: number): boolean {
  if (!Object.hasOwn(registered, topic)) return false;
  const groups = registered[topic] ?? {};
  if (group === undefined) return true;
  if (!Object.hasOwn(groups, group)) return false;
  return delayMs === undefined || (groups[group]?.includes(delayMs) ?? false);
}
