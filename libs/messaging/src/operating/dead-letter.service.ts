import type { DeadLetter, DeadLetterPlace, MessageBroker } from '../brokers/message-broker.js';
import { DeadLetterNotFoundError } from '../errors/messaging.errors.js';
import { checkChannelName } from '../events/event-name.js';

/** How many dead letters a group has of a topic. */
export interface DeadLetterCount extends DeadLetterPlace {
  readonly count: number;
}

/** Which dead letters are listed. */
export interface DeadLetterPage {
  /** @defaultValue 50 */
  readonly limit?: number;
  /** The id of the last one that was seen. @defaultValue none: from the oldest on */
  readonly after?: string;
}

/** What operators ask of the events that groups gave up. */
export class DeadLetterService {
  constructor(private readonly broker: MessageBroker) {}

  /** Where there are dead letters at all. */
  async summary(): Promise<readonly DeadLetterCount[]> {
    const topics = await this.broker.listTopics();
    const described = await Promise.all(topics.map((topic) => this.broker.describeTopic(topic)));
    return described
      .flatMap(
        (topic) =>
          topic?.groups.map(({ group, deadLetters }) => ({ topic: topic.topic, group, count: deadLetters })) ?? [],
      )
      .filter(({ count }) => count > 0);
  }

  /** The oldest first. */
  async list(place: DeadLetterPlace, { limit = 50, after }: DeadLetterPage = {}): Promise<readonly DeadLetter[]> {
    return this.broker.deadLetters(checked(place), limit, after);
  }

  /** @throws DeadLetterNotFoundError */
  async show(place: DeadLetterPlace, id: string): Promise<DeadLetter> {
    const letter = await this.broker.deadLetter(checked(place), id);
    if (letter) return letter;
    throw new DeadLetterNotFoundError(place, id);
  }

  /**
   * Has dead letters delivered to their group again, as new: those of the given ids, or all. Answers how many. What had its
   * effect in the meantime has no second one.
   */
  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.broker.replay(checked(place), ids);
  }

  /** Deletes dead letters: those of the given ids, or all. Answers how many. */
  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.broker.purge(checked(place), ids);
  }
}

function checked({ topic, group }: DeadLetterPlace): DeadLetterPlace {
  return { topic: checkChannelName('a topic', topic), group: checkChannelName('a group', group) };
}
