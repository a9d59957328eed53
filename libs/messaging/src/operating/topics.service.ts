import type { MessageBroker, TopicDescription, TopicOptions } from '../brokers/message-broker.js';
import { TopicNotFoundError } from '../errors/messaging.errors.js';
import { checkChannelName } from '../events/event-name.js';

/** What operators ask of the topics of the broker. */
export class TopicsService {
  constructor(private readonly broker: MessageBroker) {}

  /** By their names. */
  async list(): Promise<readonly string[]> {
    return this.broker.listTopics();
  }

  /** Every topic with its groups, how far behind they are and how many events they gave up. */
  async describeAll(): Promise<readonly TopicDescription[]> {
    const described = await Promise.all((await this.list()).map((topic) => this.broker.describeTopic(topic)));
    return described.flatMap((topic) => topic ?? []);
  }

  /** @throws TopicNotFoundError */
  async describe(topic: string): Promise<TopicDescription> {
    const described = await this.broker.describeTopic(checkChannelName('a topic', topic));
    if (described) return described;
    throw new TopicNotFoundError(topic, await this.list());
  }

  /** Does nothing when it exists. @throws InvalidEventNameError */
  async create(topic: string, options?: TopicOptions): Promise<void> {
    return this.broker.createTopic(checkChannelName('a topic', topic), options);
  }

  /** Deletes a topic with all that its groups keep of it. @throws TopicNotFoundError */
  async delete(topic: string): Promise<void> {
    const topics = await this.list();
    if (!topics.includes(topic)) throw new TopicNotFoundError(topic, topics);
    await this.broker.deleteTopic(topic);
  }

  /** Forgets a group that nobody runs any more, with what it has not dealt with and its dead letters. @throws TopicNotFoundError */
  async deleteGroup(topic: string, group: string): Promise<void> {
    await this.describe(topic);
    await this.broker.deleteGroup({ topic, group: checkChannelName('a group', group) });
  }
}
