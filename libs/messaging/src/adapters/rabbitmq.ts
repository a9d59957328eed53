import type {
  DeadLetter,
  DeadLetterPlace,
  Delivery,
  MessageBroker,
  SubscribeRequest,
  Subscription,
  TopicDescription,
} from '../brokers/message-broker.js';
import { checkAddress } from '../brokers/check-address.js';
import type { EventMessage } from '../envelope/event-message.js';
import { BrokerRefusedError, BrokerUnreachableError } from '../errors/messaging.errors.js';
import { RabbitMQConnection } from './rabbitmq-connection.js';
import { RabbitMQDeadLetters } from './rabbitmq-dead-letters.js';
import { publishToExchange, refusesMessage } from './rabbitmq-publishing.js';
import { RabbitMQSubscription } from './rabbitmq-subscription.js';
import { RabbitMQTopology } from './rabbitmq-topology.js';

/** Options of {@link RabbitMQBroker}. */
export interface RabbitMQBrokerOptions {
  /** Address of the server: `amqp://localhost:5672/`. */
  readonly url: string;
  /** Milliseconds that an answer may take before the server counts as away. @defaultValue 5000 */
  readonly timeoutMs?: number;
}

/**
 * Carries messages over RabbitMQ, 3.10 or later: a topic is a topic exchange, the name of an event its routing key, a group a
 * quorum queue. A group gets what is published from its first subscription, or from {@link keepFor}, on.
 */
export class RabbitMQBroker implements MessageBroker {
  readonly name = 'rabbitmq';
  readonly #connection: RabbitMQConnection;
  readonly #topology: RabbitMQTopology;
  readonly #letters: RabbitMQDeadLetters;
  readonly #subscriptions = new Map<RabbitMQSubscription, SubscribeRequest>();

  /** @throws BrokerChoiceError when the address is none of a RabbitMQ */
  constructor({ url, timeoutMs = 5000 }: RabbitMQBrokerOptions) {
    checkAddress('rabbitmq', url, ['amqp:', 'amqps:']);
    this.#connection = new RabbitMQConnection(url, timeoutMs);
    this.#topology = new RabbitMQTopology(this.#connection);
    this.#letters = new RabbitMQDeadLetters(this.#connection);
  }

  async connect(): Promise<void> {
    this.#connection.open();
    await this.#connection.withChannel(async () => undefined);
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.#subscriptions.keys()].map((subscription) => subscription.drain(0)));
    await this.#connection.close();
  }

  async health(): Promise<Readonly<Record<string, unknown>>> {
    await this.#connection.withChannel(async () => undefined);
    return { version: this.#connection.version };
  }

  async publish(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    let errors = await this.#send(topic, messages);
    const isAway = () => messages.length > 0 && messages.every(({ id }) => isOfAll(errors.get(id)));
    if (isAway()) {
      // A topic that somebody deleted, or a connection that ended meanwhile: once more, from the beginning.
      this.#topology.forget();
      errors = await this.#send(topic, messages);
    }
    if (!isAway()) return errors;
    const [first] = errors.values();
    throw first instanceof BrokerRefusedError ? first : new BrokerUnreachableError(this.name, first);
  }

  async subscribe(request: SubscribeRequest, handle: (delivery: Delivery) => Promise<void>): Promise<Subscription> {
    const subscription = new RabbitMQSubscription(this.#connection, this.#topology, request, handle, () => {
      this.#subscriptions.delete(subscription);
    });
    await this.#connection.asked(() => subscription.start());
    this.#subscriptions.set(subscription, request);
    return subscription;
  }

  async keepFor(place: DeadLetterPlace): Promise<void> {
    await this.#topology.ensureGroup(place);
  }

  async createTopic(topic: string): Promise<void> {
    await this.#topology.ensureTopic(topic);
  }

  async deleteTopic(topic: string): Promise<void> {
    await this.#topology.delete(topic);
  }

  async listTopics(): Promise<readonly string[]> {
    return this.#topology.list();
  }

  /** The server does not tell what consumers have in hand: of other processes it is missing in the lag. */
  async describeTopic(topic: string): Promise<TopicDescription | undefined> {
    const described = await this.#topology.describe(topic);
    if (!described) return undefined;
    const groups = described.groups.map((known) => ({ ...known, lag: known.lag + this.#inHand(topic, known.group) }));
    return { ...described, groups };
  }

  async deleteGroup(place: DeadLetterPlace): Promise<void> {
    await this.#topology.deleteGroup(place);
  }

  async deadLetters(place: DeadLetterPlace, limit: number, after?: string): Promise<readonly DeadLetter[]> {
    return this.#letters.list(place, limit, after);
  }

  async deadLetter(place: DeadLetterPlace, id: string): Promise<DeadLetter | undefined> {
    return this.#letters.find(place, id);
  }

  async replay(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#letters.replay(place, ids);
  }

  async purge(place: DeadLetterPlace, ids?: readonly string[]): Promise<number> {
    return this.#letters.purge(place, ids);
  }

  async #send(topic: string, messages: readonly EventMessage[]): Promise<ReadonlyMap<string, Error>> {
    await this.#topology.ensureTopic(topic);
    return publishToExchange(this.#connection, topic, messages);
  }

  #inHand(topic: string, group: string): number {
    return [...this.#subscriptions]
      .filter(([, request]) => request.group === group && !request.ephemeral)
      .reduce((sum, [subscription]) => sum + subscription.inHandOf(topic), 0);
  }
}

/** Whether it failed for a reason that others have too. */
function isOfAll(error: Error | undefined): boolean {
  return error !== undefined && !refusesMessage(error);
}
