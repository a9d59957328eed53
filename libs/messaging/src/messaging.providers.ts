import { type Clock, CLOCK, PayloadSchemaRegistry } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { type Database, getDatabaseToken } from '@core-framework/orm';
import { Outbox } from '@core-framework/outbox';
import type { Provider } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import type { MessageBroker } from './brokers/message-broker.js';
import { EventBus } from './event-bus.js';
import { MessagingExplorer } from './messaging.explorer.js';
import {
  chooseBroker,
  MESSAGE_BROKER,
  MESSAGING_OPTIONS,
  type MessagingOptions,
  RESOLVED_MESSAGING_OPTIONS,
  type ResolvedMessagingOptions,
  resolveMessagingOptions,
} from './messaging.options.js';
import { DeadLetterService } from './operating/dead-letter.service.js';
import { TopicsService } from './operating/topics.service.js';
import { PayloadReader } from './payloads/payload-reader.js';
import { EventCatalog } from './registry/event-catalog.js';
import { EventRegistry } from './registry/event.registry.js';

const SETTINGS = { token: CoreSettings, optional: true };
/** Token of the database whose transactions events belong to. */
export const CONNECTION_DATABASE = Symbol.for('@core-framework/messaging:database');

/** What an application has once for its events. */
export function messagingProviders(connection: string): readonly Exclude<Provider, Function>[] {
  return [
    { provide: EventCatalog, useFactory: () => new EventCatalog() },
    { provide: CONNECTION_DATABASE, useExisting: getDatabaseToken(connection) },
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
      provide: PayloadReader,
      inject: [PayloadSchemaRegistry],
      useFactory: (schemas: PayloadSchemaRegistry) => new PayloadReader(schemas),
    },
    {
      provide: EventBus,
      inject: [
        CONNECTION_DATABASE,
        Outbox,
        MESSAGE_BROKER,
        CLOCK,
        RESOLVED_MESSAGING_OPTIONS,
        EventCatalog,
        PayloadReader,
      ],
      useFactory: (
        database: Database,
        outbox: Outbox,
        broker: MessageBroker,
        clock: Clock,
        ...[options, catalog, payloads]: [ResolvedMessagingOptions, EventCatalog, PayloadReader]
      ) => new EventBus({ database, outbox, broker, clock, options, catalog, payloads }),
    },
    {
      provide: MessagingExplorer,
      inject: [
        DiscoveryService,
        ExternalContextCreator,
        EventBus,
        RESOLVED_MESSAGING_OPTIONS,
        EventCatalog,
        PayloadReader,
      ],
      useFactory: (
        discovery: DiscoveryService,
        contexts: ExternalContextCreator,
        bus: EventBus,
        options: ResolvedMessagingOptions,
        ...[catalog, payloads]: [EventCatalog, PayloadReader]
      ) => new MessagingExplorer({ discovery, contexts, bus, options, catalog, payloads }),
    },
    {
      provide: EventRegistry,
      inject: [EventCatalog, MessagingExplorer, PayloadReader, RESOLVED_MESSAGING_OPTIONS],
      useFactory: (
        catalog: EventCatalog,
        explorer: MessagingExplorer,
        payloads: PayloadReader,
        { topic }: ResolvedMessagingOptions,
      ) => new EventRegistry(catalog, () => explorer.participants(), payloads, topic),
    },
    {
      provide: TopicsService,
      inject: [MESSAGE_BROKER],
      useFactory: (broker: MessageBroker) => new TopicsService(broker),
    },
    {
      provide: DeadLetterService,
      inject: [MESSAGE_BROKER],
      useFactory: (broker: MessageBroker) => new DeadLetterService(broker),
    },
  ];
}
