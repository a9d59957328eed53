import { IsOptional, IsString, Matches } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

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
}
