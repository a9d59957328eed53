import {
  ActionHookRegistry,
  BootReportRegistry,
  CommonModule,
  DocumentRegistry,
  HealthRegistry,
} from '@core-framework/common';
import type { Database } from '@core-framework/orm';
import { Inbox, OutboxModule, OutboxRelay } from '@core-framework/outbox';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
  type Provider,
  type Type,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { MessageBroker } from './brokers/message-broker.js';
import { MessagingChecks } from './checks/messaging-checks.js';
import { MessagingExplorer, takesPart } from './messaging.explorer.js';
import { InvalidConsumerError } from './errors/messaging.errors.js';
import { MessagingLifecycle } from './messaging.lifecycle.js';
import {
  MESSAGE_BROKER,
  MESSAGING_OPTIONS,
  type MessagingExtras,
  type MessagingOptions,
  RESOLVED_MESSAGING_OPTIONS,
  type ResolvedMessagingOptions,
} from './messaging.options.js';
import { CONNECTION_DATABASE, messagingProviders } from './messaging.providers.js';
import { EventCatalog, type EventDeclaration } from './registry/event-catalog.js';
import { EventRegistry } from './registry/event.registry.js';

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
  const outbox = OutboxModule.forConnection(connection);
  const providers = messagingProviders(connection);
  return {
    module: MessagingCoreModule,
    global: true,
    imports: [CommonModule, DiscoveryModule, outbox],
    providers: [...options, ...providers],
    exports: [...providers.map(({ provide }) => provide), outbox],
  };
}

@Module({})
class MessagingCoreModule {}

@Module({})
class MessagingFeatureModule {}

/** What a part of an application says of its events. */
export interface MessagingFeatureOptions {
  /** Events that are published by `EventBus.publish()`. @defaultValue [] */
  readonly events?: readonly EventDeclaration[];
}

/**
 * Publishes and consumes events. `forRoot()` once, in the application's module; consumers and listeners are providers of
 * any module, or named by `forFeature`.
 */
@Module({
  providers: [
    MessagingChecks,
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
        DocumentRegistry,
        EventRegistry,
      ],
      useFactory: (
        broker: MessageBroker,
        explorer: MessagingExplorer,
        relay: OutboxRelay,
        inbox: Inbox,
        ...[database, options, hooks, health, report, documents, registry]: [
          Database,
          ResolvedMessagingOptions,
          ActionHookRegistry,
          HealthRegistry,
          BootReportRegistry,
          DocumentRegistry,
          EventRegistry,
        ]
      ) =>
        new MessagingLifecycle({
          broker,
          explorer,
          relay,
          inbox,
          database,
          options,
          hooks,
          health,
          report,
          documents,
          registry,
        }),
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

  /**
   * Provides consumers, and classes that listen; they see the application's global providers. Declares events, so that their
   * data is checked when they are published and all who look at the application know of them.
   *
   * @throws InvalidConsumerError when a class neither consumes, listens nor emits
   */
  static forFeature(consumers: readonly Type<object>[], { events = [] }: MessagingFeatureOptions = {}): DynamicModule {
    const idle = consumers.find((type) => !takesPart(type));
    if (idle) {
      throw new InvalidConsumerError(
        `MessagingModule.forFeature() is given ${idle.name}, which has nothing to do with events.`,
        'Decorate it with @Consumer(), or a method with @OnEvent() or @Event(); other classes go to `providers`.',
      );
    }
    const declaring = {
      provide: Symbol('DeclaredEvents'),
      inject: [{ token: EventCatalog, optional: true }],
      useFactory: (catalog?: EventCatalog) => {
        if (!catalog) {
          throw new InvalidConsumerError(
            'MessagingModule.forFeature() is imported, and MessagingModule.forRoot() is not.',
            "Import MessagingModule.forRoot() in the application's module.",
          );
        }
        for (const event of events) catalog.add(event);
        return events;
      },
    };
    return { module: MessagingFeatureModule, providers: [...consumers, declaring], exports: [...consumers] };
  }
}
