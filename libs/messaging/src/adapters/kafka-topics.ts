import type { DeadLetterPlace, TopicDescription, TopicOptions } from '../brokers/message-broker.js';
import { is, type KafkaClients } from './kafka-clients.js';
import type { KafkaDeadLetters } from './kafka-dead-letters.js';
import { deadTopicOf, isOwnTopic, retryGroupOf, retryTopicOf } from './kafka-messages.js';

const LATEST = -1n;
const EARLIEST = -2n;

/** Topics, and how far groups are. */
export class KafkaTopics {
  constructor(
    private readonly clients: KafkaClients,
    private readonly letters: KafkaDeadLetters,
  ) {}

  async create(topic: string, { partitions, replicationFactor }: TopicOptions = {}): Promise<void> {
    const isExact = (partitions ?? replicationFactor) !== undefined;
    await this.clients.ensureTopic(topic, { partitions, replicas: replicationFactor }, isExact);
  }

  async list(): Promise<readonly string[]> {
    return (await this.clients.admin.listTopics()).filter((topic) => !isOwnTopic(topic)).toSorted();
  }

  async delete(topic: string): Promise<void> {
    const all = new Set(await this.clients.admin.listTopics());
    const groups = all.has(topic) ? await this.#groupsOf(topic) : [];
    const own = groups.flatMap((group) => [retryTopicOf({ topic, group }), deadTopicOf({ topic, group })]);
    const topics = [topic, ...own].filter((name) => all.has(name));
    if (topics.length > 0) await this.clients.admin.deleteTopics({ topics });
    for (const name of topics) this.clients.forget(name);
  }

  async describe(topic: string): Promise<TopicDescription | undefined> {
    if (!(await this.clients.admin.listTopics()).includes(topic)) return undefined;
    const [first, end] = await Promise.all([this.#offsets(topic, EARLIEST), this.#offsets(topic, LATEST)]);
    const groups = (await this.#groupsOf(topic)).map(async (group) => {
      const place = { topic, group };
      return { group, lag: await this.lag(place), deadLetters: (await this.letters.all(place)).length };
    });
    const messages = end.reduce((sum, offset, partition) => sum + Number(offset - (first[partition] ?? 0n)), 0);
    return { topic, partitions: end.length, messages, groups: await Promise.all(groups) };
  }

  async deleteGroup(place: DeadLetterPlace): Promise<void> {
    const { topic, group } = place;
    const all = new Set(await this.clients.admin.listTopics());
    const topics = [retryTopicOf(place), deadTopicOf(place)].filter((name) => all.has(name));
    for (const [groupId, name] of [
      [group, topic],
      [retryGroupOf(group), retryTopicOf(place)],
    ] as const) {
      const partitionIndexes = all.has(name) ? (await this.#offsets(name, LATEST)).map((_, index) => index) : [];
      if (partitionIndexes.length === 0) continue;
      await this.clients.admin
        .deleteConsumerGroupOffsets({ groupId, topics: [{ name, partitionIndexes }] })
        .catch((error: unknown) => {
          if (!is(error, 'GROUP_ID_NOT_FOUND')) throw error;
        });
    }
    if (topics.length > 0) await this.clients.admin.deleteTopics({ topics });
    for (const name of topics) this.clients.forget(name);
  }

  /** New records, those in hand, and those that wait to be tried again. */
  async lag(place: DeadLetterPlace): Promise<number> {
    const { topic, group } = place;
    const parts = [this.#lagOf(group, topic), this.#lagOf(retryGroupOf(group), retryTopicOf(place))];
    return (await Promise.all(parts)).reduce((sum, lag) => sum + lag, 0);
  }

  async #lagOf(group: string, topic: string): Promise<number> {
    const consumer = this.clients.consumer(group);
    try {
      const [first, end] = await Promise.all([this.#offsets(topic, EARLIEST), this.#offsets(topic, LATEST)]);
      const partitions = end.map((_, index) => index);
      const committed = (await consumer.listCommittedOffsets({ topics: [{ topic, partitions }] })).get(topic) ?? [];
      return end.reduce((sum, offset, index) => {
        const done = committed[index] ?? -1n;
        return sum + Number(offset - (done < 0n ? (first[index] ?? 0n) : done));
      }, 0);
    } finally {
      await consumer.close(true).catch(() => undefined);
    }
  }

  async #offsets(topic: string, timestamp: bigint): Promise<readonly bigint[]> {
    const consumer = this.clients.consumer('core-messaging.looking');
    try {
      return (await consumer.listOffsets({ topics: [topic], timestamp })).get(topic) ?? [];
    } finally {
      await consumer.close(true).catch(() => undefined);
    }
  }

  async #groupsOf(topic: string): Promise<readonly string[]> {
    const groups = [...(await this.clients.admin.listGroups()).keys()];
    const offsets = await this.clients.admin.listConsumerGroupOffsets({ groups });
    const known = new Set<string>();
    for (const { groupId, topics } of offsets) {
      const committed = topics.find(({ name }) => name === topic)?.partitions ?? [];
      if (committed.some(({ committedOffset }) => committedOffset >= 0n)) known.add(groupId);
    }
    return [...known].toSorted();
  }
}
