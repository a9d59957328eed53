import type { CoreSettings } from '@core-framework/config';
import type { MessageBroker } from './brokers/message-broker.js';
import { MemoryBroker } from './brokers/memory.broker.js';
import { BrokerChoiceError, InvalidEventNameError, MissingBrokerPackageError } from './errors/messaging.errors.js';
import { checkChannelName } from './events/event-name.js';

/** Options of `MessagingModule.forRoot`. */
export interface MessagingOptions {
  /** The broker, or its name: `memory`, `redis`, `rabbitmq`, `kafka` or one of `brokers`. @defaultValue the setting `MESSAGE_BROKER` */
  readonly broker?: string | MessageBroker;
  /** Brokers of one's own, by the names that `MESSAGE_BROKER` may have. @defaultValue {} */
  readonly brokers?: Readonly<Record<string, (settings: Partial<CoreSettings>) => MessageBroker>>;
  /** Topic of events that name none. @defaultValue 'events' */
  readonly topic?: string;
  /** Names this application in its events. @defaultValue the setting `MESSAGE_SOURCE` */
  readonly source?: string;
  /**
   * Whether events go through the outbox; else straight to the broker after the commit. What waits there from before leaves
   * all the same. @defaultValue the setting `OUTBOX_ENABLED`: true
   */
  readonly outbox?: boolean;
  /** Whether an event that comes again has no second effect. @defaultValue true */
  readonly inbox?: boolean;
  /** Whether this process takes events out of the outbox. @defaultValue the setting `OUTBOX_RELAY`: true */
  readonly relay?: boolean;
  /**
   * Whether this process runs consumers, or the groups that it runs.
   * @defaultValue the settings `MESSAGE_CONSUMERS`: true, and `MESSAGE_GROUPS`: all
   */
  readonly consumers?: boolean | readonly string[];
  /** Topics that consumers of this process take events from. @defaultValue the setting `MESSAGE_TOPICS`: all of theirs */
  readonly topics?: readonly string[];
  /** Milliseconds that events in work have when the application shuts down. @defaultValue the setting `SHUTDOWN_TIMEOUT`: 25 seconds */
  readonly drainTimeoutMs?: number;
}

/** What the module must know before its options are there. */
export interface MessagingExtras {
  /** The connection whose transactions events belong to. @defaultValue 'default' */
  readonly connection?: string;
}

/** {@link MessagingOptions} with every default filled in. */
export type ResolvedMessagingOptions = Required<Omit<MessagingOptions, 'broker' | 'brokers'>> & {
  readonly retry: number;
  readonly prefetch: number;
  readonly visibilityMs: number;
};

/** Token of the options. */
export const MESSAGING_OPTIONS = Symbol.for('@core-framework/messaging:options');
/** Token of the {@link ResolvedMessagingOptions}. */
export const RESOLVED_MESSAGING_OPTIONS = Symbol.for('@core-framework/messaging:resolved-options');
/** Injection token of the {@link MessageBroker}. */
export const MESSAGE_BROKER = Symbol.for('@core-framework/messaging:broker');

export function resolveMessagingOptions(
  options: MessagingOptions,
  settings: Partial<CoreSettings> = {},
): ResolvedMessagingOptions {
  return {
    topic: checkChannelName('a topic', options.topic ?? 'events'),
    source: checkSource(options.source ?? settings.messageSource ?? 'my-app'),
    outbox: options.outbox ?? settings.outboxEnabled ?? true,
    inbox: options.inbox ?? true,
    relay: options.relay ?? settings.outboxRelay ?? true,
    consumers: options.consumers ?? consumersOf(settings),
    topics: options.topics ?? settings.messageTopics ?? [],
    drainTimeoutMs: options.drainTimeoutMs ?? (settings.shutdownTimeout ?? 25) * 1000,
    retry: settings.messageRetry ?? 3,
    prefetch: settings.messagePrefetch ?? 32,
    visibilityMs: (settings.messageVisibility ?? 60) * 1000,
  };
}

/** Every CloudEvent has one; without it consumers refuse all that is published. */
function checkSource(source: string): string {
  if (source !== '') return source;
  throw new InvalidEventNameError(
    'the source of events',
    source,
    'Set MESSAGE_SOURCE, or `source`, to the name of the application.',
  );
}

function consumersOf({
  messageConsumers = true,
  messageGroups = [],
}: Partial<CoreSettings>): boolean | readonly string[] {
  return messageConsumers && messageGroups.length > 0 ? messageGroups : messageConsumers;
}

type BrokerFactory = (settings: Partial<CoreSettings>) => MessageBroker | Promise<MessageBroker>;

const BUILT_IN: Readonly<Record<string, BrokerFactory>> = {
  memory: (settings) => {
    if (!settings.isProduction) return new MemoryBroker();
    throw new BrokerChoiceError(
      'The broker "memory" keeps events in the process, which production refuses.',
      'Set MESSAGE_BROKER to redis, rabbitmq or kafka, and its address.',
    );
  },
  redis: async ({ redisUrl = 'redis://localhost:6379/0', messageStreamLength: streamLength }) => {
    const { RedisBroker } = await adapter('redis', 'ioredis', () => import('./adapters/redis.js'));
    return new RedisBroker({ url: redisUrl, streamLength });
  },
  rabbitmq: async ({ rabbitmqUrl = 'amqp://guest:guest@localhost:5672/' }) => {
    const { RabbitMQBroker } = await adapter('rabbitmq', 'amqplib', () => import('./adapters/rabbitmq.js'));
    return new RabbitMQBroker({ url: rabbitmqUrl });
  },
  kafka: async ({ kafkaBootstrapServers: servers = ['localhost:9092'] }) => {
    const { KafkaBroker } = await adapter('kafka', '@platformatic/kafka', () => import('./adapters/kafka.js'));
    return new KafkaBroker({ servers });
  },
};

/** Loads an adapter, whose client is an optional package. @throws MissingBrokerPackageError */
async function adapter<T>(broker: string, client: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message.includes(`'${client}'`)) throw error;
    throw new MissingBrokerPackageError(broker, client, error);
  }
}

/**
 * Makes the broker that the options or the settings name. When none is named it is told from the one address that is set.
 *
 * @throws BrokerChoiceError, MissingBrokerPackageError
 */
export async function chooseBroker(
  { broker, brokers = {} }: MessagingOptions,
  settings: Partial<CoreSettings> = {},
): Promise<MessageBroker> {
  if (typeof broker === 'object') return broker;
  const known: Readonly<Record<string, BrokerFactory>> = { ...BUILT_IN, ...brokers };
  const name = broker ?? settings.messageBroker ?? inferredBroker(settings);
  const make = Object.hasOwn(known, name) ? known[name] : undefined;
  if (make) return make(settings);
  throw new BrokerChoiceError(
    `${broker === undefined ? 'MESSAGE_BROKER' : 'The option `broker`'} names "${name}", which is no broker.`,
    `Set it to ${Object.keys(known).join(' or ')}, or register it: MessagingModule.forRoot({ brokers: { … } }).`,
  );
}

function inferredBroker({ redisUrl, rabbitmqUrl, kafkaBootstrapServers, isProduction }: Partial<CoreSettings>): string {
  const set = [
    ...(redisUrl ? ['redis'] : []),
    ...(rabbitmqUrl ? ['rabbitmq'] : []),
    ...(kafkaBootstrapServers?.length ? ['kafka'] : []),
  ];
  const [only, ...others] = set;
  if (others.length > 0) {
    throw new BrokerChoiceError(
      `Addresses of several brokers are set (${set.join(', ')}), and MESSAGE_BROKER is not.`,
      'Set MESSAGE_BROKER to the one that carries events.',
    );
  }
  if (only) return only;
  if (!isProduction) return 'memory';
  throw new BrokerChoiceError(
    'No broker is named.',
    'Set MESSAGE_BROKER, or one of REDIS_URL, RABBITMQ_URL and KAFKA_BOOTSTRAP_SERVERS.',
  );
}
