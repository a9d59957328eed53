import {
  ActionHookRegistry,
  BootReportRegistry,
  type Clock,
  CLOCK,
  CommonModule,
  HealthRegistry,
} from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { type Database, getDatabaseToken } from '@core-framework/orm';
import { Inbox, Outbox, OutboxModule, OutboxRelay } from '@core-framework/outbox';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
  type Provider,
  type Type,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import type { MessageBroker } from './brokers/message-broker.js';
import { EventBus } from './event-bus.js';
import { MessagingExplorer } from './messaging.explorer.js';
import { MessagingLifecycle } from './messaging.lifecycle.js';
import {
  chooseBroker,
  MESSAGE_BROKER,
  MESSAGING_OPTIONS,
  type MessagingExtras,
  type MessagingOptions,
  RESOLVED_MESSAGING_OPTIONS,
  type ResolvedMessagingOptions,
  resolveMessagingOptions,
} from './messaging.options.js';

const SETTINGS = { token: CoreSettings, optional: true };

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<MessagingOptions>({
  optionsInjectionToken: MESSAGING_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<MessagingExtras>({ connection: 'default' }, ({ ...module }, { connection = 'default' }) => ({
    ...module,
    imports: [...(module.imports ?? []), messagingOf(connection, module.providers ?? [])],
    providers: [],
  }))
  .build();

function messagingOf(connection: string, options: readonly Provider[]): DynamicModule {
  return { module: MessagingCoreModule, global: true, ...coreOf(connection, options) };
}

function coreOf(
  connection: string,
  options: readonly Provider[],
): Pick<DynamicModule, 'imports' | 'providers' | 'exports'> {
  const outbox = OutboxModule.forConnection(connection);
  return {
    imports: [CommonModule, DiscoveryModule, outbox],
    providers: [
      ...options,
      {
        provide: RESOLVED_MESSAGING_OPTIONS,
        inject: [MESSAGING_OPTIONS, SETTINGS],
        useFactory: (given: MessagingOptions, settings?: CoreSettings) => resolveMessagingOptions(given, settings),
      },
      {
        provide: MESSAGE_BROKER,
        inject: [MESSAGING_OPTIONS, SETTINGS],
        useFactory: (given: MessagingOptions, settings?: CoreSettings) => chooseBroker(given, settings),
      },
      {
        provide: EventBus,
        inject: [getDatabaseToken(connection), Outbox, MESSAGE_BROKER, CLOCK, RESOLVED_MESSAGING_OPTIONS],
        useFactory: (
          database: Database,
          box: Outbox,
          broker: MessageBroker,
          clock: Clock,
          resolved: ResolvedMessagingOptions,
        ) => new EventBus(database, box, broker, clock, resolved),
      },
      {
        provide: MessagingExplorer,
        inject: [DiscoveryService, ExternalContextCreator, EventBus, RESOLVED_MESSAGING_OPTIONS],
        useFactory: (
          discovery: DiscoveryService,
          contexts: ExternalContextCreator,
          bus: EventBus,
          resolved: ResolvedMessagingOptions,
        ) => new MessagingExplorer(discovery, contexts, bus, resolved),
      },
      { provide: CONNECTION_DATABASE, useExisting: getDatabaseToken(connection) },
    ],
    exports: [EventBus, MESSAGE_BROKER, MessagingExplorer, RESOLVED_MESSAGING_OPTIONS, CONNECTION_DATABASE, outbox],
  };
}

const CONNECTION_DATABASE = Symbol.for('@core-framework/messaging:database');

@Module({})
class MessagingCoreModule {}

@Module({})
class MessagingFeatureModule {}

/**
 * Publishes and consumes events. `forRoot()` once, in the application's module; consumers and listeners are providers of
 * any module, or named by `forFeature`.
 */
@Module({
  providers: [
    {
      provide: MessagingLifecycle,
      inject: [
        MESSAGE_BROKER,
        MessagingExplorer,
        OutboxRelay,
        Inbox,
        CONNECTION_DATABASE,
        RESOLVED_MESSAGING_OPTIONS,
        ActionHookRegistry,
        HealthRegistry,
        BootReportRegistry,
      ],
      useFactory: (
        broker: MessageBroker,
        explorer: MessagingExplorer,
        relay: OutboxRelay,
        inbox: Inbox,
        ...[database, options, hooks, health, report]: [
          Database,
          ResolvedMessagingOptions,
          ActionHookRegistry,
          HealthRegistry,
          BootReportRegistry,
        ]
      ) => new MessagingLifecycle({ broker, explorer, relay, inbox, database, options, hooks, health, report }),
    },
  ],
})
export class MessagingModule extends ConfigurableModuleClass {
  /** Uses the broker that the settings name, or the options. */
  static override forRoot(options: MessagingOptions & MessagingExtras = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Uses the broker that options say which other providers make. The connection is given beside the factory. */
  static override forRootAsync(
    options: ConfigurableModuleAsyncOptions<MessagingOptions> & MessagingExtras,
  ): DynamicModule {
    return super.forRootAsync(options);
  }

  /** Provides consumers, and classes that listen. They see the application's global providers. */
  static forFeature(consumers: readonly Type<object>[]): DynamicModule {
    return { module: MessagingFeatureModule, providers: [...consumers], exports: [...consumers] };
  }
}
