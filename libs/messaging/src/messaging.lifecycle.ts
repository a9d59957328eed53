import {
  type ActionHookRegistry,
  type BootReportRegistry,
  type DocumentRegistry,
  type HealthRegistry,
  isAssembledOnly,
} from '@core-framework/common';
import type { Database } from '@core-framework/orm';
import { type Inbox, type OutboxEntry, OutboxRelay } from '@core-framework/outbox';
import { asyncApiDocument } from './asyncapi/asyncapi-document.js';
import type { MessageBroker } from './brokers/message-broker.js';
import type { ConsumerGroup } from './consuming/consumer-group.js';
import type { EventMessage } from './envelope/event-message.js';
import { EVENTS_CHANNEL } from './event-bus.js';
import type { MessagingExplorer } from './messaging.explorer.js';
import type { ResolvedMessagingOptions } from './messaging.options.js';
import { publishByTopic } from './publishing/publish-by-topic.js';
import type { EventRegistry } from './registry/event.registry.js';

/** What the lifecycle needs. */
export interface MessagingParts {
  readonly broker: MessageBroker;
  readonly explorer: MessagingExplorer;
  readonly relay: OutboxRelay;
  readonly inbox: Inbox;
  readonly database: Database;
  readonly options: ResolvedMessagingOptions;
  readonly hooks: ActionHookRegistry;
  readonly health: HealthRegistry;
  readonly report: BootReportRegistry;
  readonly documents: DocumentRegistry;
  readonly registry: EventRegistry;
}

/** Ties events to the application's life: consumers start when all is in place and end before the database closes. */
export class MessagingLifecycle {
  #groups: readonly ConsumerGroup[] = [];
  #silence: (() => void) | undefined;
  #stopPurging: (() => Promise<void>) | undefined;

  constructor(private readonly parts: MessagingParts) {
    parts.hooks.register(parts.explorer);
    parts.documents.register({
      path: 'asyncapi.json',
      make: (info) => asyncApiDocument(parts.registry, info),
    });
  }

  /** The groups that run in this process. */
  get groups(): readonly ConsumerGroup[] {
    return this.#groups;
  }

  onModuleInit(): void {
    const { broker, explorer, health, report } = this.parts;
    explorer.declare();
    explorer.listen();
    health.register({ name: 'broker', check: async () => ({ broker: broker.name, ...(await broker.health()) }) });
    report.set('Events', broker.name);
  }

  /** After views have bound their hooks: their module is global, and those come first. */
  async onApplicationBootstrap(): Promise<void> {
    const { broker, database, explorer, health, inbox, relay, report, options } = this.parts;
    explorer.bindEmitters();
    if (isAssembledOnly()) return;
    this.#groups = explorer.groups(database, inbox);
    await broker.connect();
    for (const group of this.#groups) await group.start(broker);
    relay.register(EVENTS_CHANNEL, (entries) => this.#publish(entries));
    if (options.outbox && options.relay) relay.start();
    this.#silence = explorer.announce();
    if (this.#groups.length === 0) return;
    if (!relay.isRunning) this.#stopPurging = relay.purgeRegularly();
    report.set('Consumers', this.#groups.map((group) => group.description).join('; '));
    health.register({ name: 'consumers', check: async () => Object.fromEntries(await this.#standing()) });
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { options, relay } = this.parts;
    await Promise.all(this.#groups.map((group) => group.drain(options.drainTimeoutMs)));
    await relay.stop();
    await this.#stopPurging?.();
    await this.parts.broker.disconnect();
    this.#silence?.();
  }

  /** What each group has done here, and how far behind it is anywhere. */
  #standing() {
    return Promise.all(
      this.#groups.map(async (group) => [group.options.group, { lag: await group.lag(), ...group.counts }] as const),
    );
  }

  #publish(entries: readonly OutboxEntry[]): Promise<ReadonlyMap<string, Error>> {
    return publishByTopic(
      this.parts.broker,
      entries.map((entry) => ({ topic: entry.topic, message: messageOf(entry) })),
    );
  }
}

function messageOf({
  id,
  type,
  key,
  payload,
  headers: { source = '', time = '', ...headers },
}: OutboxEntry): EventMessage {
  return { id, type, source, time, ...(key !== undefined && { key }), data: payload, headers };
}
