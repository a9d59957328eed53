import type { Redis } from 'ioredis';
import type { DeadLetterPlace, GroupDescription, TopicDescription } from '../brokers/message-broker.js';
import { factsOf, groupKeys, keylessKey, topicKey, TOPICS_KEY } from './redis-keys.js';
import { TRIM } from './redis-scripts.js';

/** Topics: a stream each, and a set of their names. */
export class RedisTopics {
  constructor(private readonly redis: Redis) {}

  async add(...topics: readonly string[]): Promise<void> {
    await this.redis.sadd(TOPICS_KEY, ...topics);
  }

  async list(): Promise<readonly string[]> {
    return (await this.redis.smembers(TOPICS_KEY)).toSorted();
  }

  async describe(topic: string): Promise<TopicDescription | undefined> {
    const stream = topicKey(topic);
    if (!(await this.redis.sismember(TOPICS_KEY, topic)) && !(await this.redis.exists(stream))) return undefined;
    const names = await this.#groupsOf(topic);
    const groups = await Promise.all(names.map((group) => this.#describeGroup({ topic, group })));
    return { topic, partitions: 1, messages: await this.redis.xlen(stream), groups };
  }

  async delete(topic: string): Promise<void> {
    const own = (await this.#groupsOf(topic)).flatMap((group) => Object.values({ ...groupKeys({ topic, group }) }));
    await this.redis.del(topicKey(topic), keylessKey(topic), ...own);
    await this.redis.srem(TOPICS_KEY, topic);
  }

  async deleteGroup({ topic, group }: DeadLetterPlace): Promise<void> {
    if (!(await this.redis.exists(topicKey(topic)))) return;
    await this.redis.xgroup('DESTROY', topicKey(topic), group);
    await this.redis.del(...Object.values({ ...groupKeys({ topic, group }) }));
  }

  /** What the group has not dealt with: not been given, in hand, waiting to be tried again. */
  async lag({ topic, group }: DeadLetterPlace): Promise<number> {
    const { again, delayed } = groupKeys({ topic, group });
    const stream = topicKey(topic);
    const answers = await Promise.all([this.#groupFacts(topic), this.redis.xlen(again), this.redis.zcard(delayed)]);
    const [groups, privately, waiting] = answers;
    const facts = groups.find(({ name }) => name === group);
    if (!facts) return privately + waiting;
    const { lag, pending } = facts;
    // Before Redis 7, and after entries were deleted from the middle, it has to be counted.
    const unread =
      typeof lag === 'number'
        ? lag
        : (await this.redis.xrange(stream, `(${String(facts['last-delivered-id'])}`, '+')).length;
    return unread + Number(pending) + privately + waiting;
  }

  async trim(topic: string, length: number): Promise<void> {
    await this.redis.eval(TRIM, 1, topicKey(topic), length);
  }

  async #describeGroup(place: DeadLetterPlace): Promise<GroupDescription> {
    const [lag, deadLetters] = await Promise.all([this.lag(place), this.redis.xlen(groupKeys(place).dead)]);
    return { group: place.group, lag, deadLetters };
  }

  async #groupsOf(topic: string): Promise<readonly string[]> {
    return (await this.#groupFacts(topic)).map(({ name }) => String(name)).toSorted();
  }

  async #groupFacts(topic: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    if (!(await this.redis.exists(topicKey(topic)))) return [];
    return ((await this.redis.xinfo('GROUPS', topicKey(topic))) as readonly (readonly unknown[])[]).map(factsOf);
  }
}
