import { IsBoolean, IsInt, IsNotEmpty, IsNumber, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import type { ApplicationSettings } from './application.settings.js';

/** Which broker carries events. */
@SettingsGroup({ title: 'Events', owner: '@core-framework/messaging' })
export class MessagingSettings {
  /** Name of a broker: one that is built in, or one that the application registers. */
  @Setting({
    description:
      'Broker of events: `memory`, `redis`, `rabbitmq`, `kafka` or a registered one. Told from the one address that is set when not set.',
  })
  @IsOptional()
  @IsString()
  @Matches(/^\w[\w-]*$/, { message: '$property must be the name of a message broker' })
  messageBroker?: string;

  /** Kafka servers to start from, as `host:port`. */
  @Setting({ description: 'Kafka servers to start from, as `host:port`.' })
  @IsOptional()
  @Matches(/^[^\s:/]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i, {
    each: true,
    message: '$property must list servers as host:port',
  })
  kafkaBootstrapServers?: readonly string[];

  @Setting({ secret: true, description: 'Address of the RabbitMQ server.' })
  @IsOptional()
  @IsString()
  @Matches(/^amqps?:\/\//i, { message: '$property must be an address such as amqp://localhost:5672/' })
  rabbitmqUrl?: string;

  /** Names this application in the events that it publishes. */
  @Setting<ApplicationSettings>({
    description:
      'Names this application in the events that it publishes. `APP_NAME` when not set, in lower case with hyphens.',
    derive: ({ appName }) =>
      appName
        .toLowerCase()
        .replace(/[^a-z\d]+/g, '-')
        .replace(/^-+|(?<!-)-+$/g, '') || undefined,
  })
  @IsString()
  @IsNotEmpty()
  messageSource = 'my-app';

  /** Whether this process runs consumers. */
  @Setting({ description: 'Whether this process runs consumers; others may be there for it.' })
  @IsBoolean()
  messageConsumers = true;

  /** Groups that this process runs. */
  @Setting({ description: 'Groups of consumers that this process runs; all when empty.' })
  @Matches(/^[A-Za-z\d][\w.-]*$/, { each: true, message: '$property must list names of groups' })
  messageGroups: readonly string[] = [];

  /** Topics that this process consumes. */
  @Setting({ description: 'Topics that the consumers of this process take events from; all of theirs when empty.' })
  @Matches(/^[A-Za-z\d][\w.-]*$/, { each: true, message: '$property must list names of topics' })
  messageTopics: readonly string[] = [];

  @Setting({ description: 'Events that one consumer takes from the broker before it has dealt with earlier ones.' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  messagePrefetch = 32;

  @Setting({ description: 'How often an event that a consumer failed on is tried again.' })
  @IsInt()
  @Min(0)
  messageRetry = 3;

  @Setting({ description: 'Seconds after which the events of a consumer that died are given to another.' })
  @IsNumber()
  @Min(1)
  messageVisibility = 60;

  @Setting({
    description: 'About how many events a stream of Redis keeps; more as long as a group has not dealt with them.',
  })
  @IsInt()
  @Min(1)
  messageStreamLength = 100_000;

  @Setting({ description: 'Whether events are written to the database in the transaction and published from there.' })
  @IsBoolean()
  outboxEnabled = true;

  @Setting({ description: 'Whether this process publishes what is in the outbox; others may be there for it.' })
  @IsBoolean()
  outboxRelay = true;

  @Setting({ description: 'Events that the outbox publishes at a time.' })
  @IsInt()
  @Min(1)
  @Max(10_000)
  outboxBatch = 200;

  @Setting({
    description: 'Most seconds between two looks into an empty outbox; PostgreSQL tells of what others write.',
  })
  @IsNumber()
  @Min(0.01)
  outboxPoll = 1;

  @Setting({ description: 'Seconds for which published events are kept in the outbox.' })
  @IsInt()
  @Min(0)
  outboxRetention = 86_400;

  @Setting({ description: 'Seconds for which it is remembered which events were dealt with.' })
  @IsInt()
  @Min(0)
  inboxRetention = 604_800;
}
