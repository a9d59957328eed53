import {
  type ActionHookRegistry,
  type BootReportRegistry,
  type DocumentRegistry,
  type HealthRegistry,
  isAssembledOnly,
} from '@core-framework/common';
import type { Database } from '@core-framework/orm';
import { type Inbox, type OutboxEntry, OutboxRelay, Waking } from '@core-framework/outbox';
import { Logger } from '@nestjs/common';
import { asyncApiDocument } from './asyncapi/asyncapi-document.js';
import type { MessageBroker } from './brokers/message-broker.js';
import type { ConsumerGroup } from './consuming/consumer-group.js';
import type { EventMessage } from './envelope/event-message.js';
import { BrokerUnreachableError } from './errors/messaging.errors.js';
import { EVENTS_CHANNEL } from './event-bus.js';
import type { MessagingExplorer } from './messaging.explorer.js';
import type { ResolvedMessagingOptions } from './messaging.options.js';
import { publishByTopic } from './publishing/publish-by-topic.js';
import type { EventRegistry } from './registry/event.registry.js';

/** Pause between two looks for a broker that was away when the application started. */
const BEGIN_AGAIN_MS = 1000;

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
  readonly #logger = new Logger('Messaging');
  readonly #waking = new Waking();
  #beginning: Promise<void> | undefined;
  #isEnding = false;

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
    const { broker, explorer, health, options, report } = this.parts;
    explorer.declare();
    explorer.listen();
    health.register({
      name: 'broker',
      // Requests write to the outbox, whether the broker is there or not.
      background: options.outbox,
      check: async () => ({ broker: broker.name, ...(await broker.health()) }),
    });
    report.set('Events', broker.name);
  }

  /** After views have bound their hooks: their module is global, and those come first. */
  async onApplicationBootstrap(): Promise<void> {
    const { broker, database, explorer, health, inbox, report } = this.parts;
    explorer.bindEmitters();
    explorer.checkPayloads();
    if (isAssembledOnly()) return;
    this.#groups = explorer.groups(database, inbox);
    this.#silence = explorer.announce();
    try {
      await this.#begin();
    } catch (error) {
      if (!(error instanceof BrokerUnreachableError)) {
        await broker.disconnect();
        throw error;
      }
      this.#logger.warn(`${error.message} Events wait in the outbox, and consumers for their broker.`);
      this.#beginning = this.#beginLater(error);
    }
    if (this.#groups.length === 0) return;
    report.set('Consumers', this.#groups.map((group) => group.description).join('; '));
    health.register({
      name: 'consumers',
      background: true,
      check: async () => Object.fromEntries(await this.#standing()),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { broker, options, relay } = this.parts;
    this.#isEnding = true;
    this.#waking.wake();
    await Promise.all(this.#groups.map((group) => group.drain(options.drainTimeoutMs)));
    await relay.stop();
    await this.#stopPurging?.();
    await broker.disconnect();
    await this.#beginning;
    this.#silence?.();
  }

  /** Consumers first: a broker may keep an event only for groups that it knows. */
  async #begin(): Promise<void> {
    const { broker, explorer, options, relay } = this.parts;
    await broker.connect();
    for (const place of explorer.places()) await broker.keepFor?.(place);
    for (const group of this.#groups) await group.start(broker);
    if (this.#isEnding) return;
    relay.register(EVENTS_CHANNEL, (entries) => this.#publish(entries));
    if (options.relay) relay.start();
    if (this.#groups.length > 0 && !relay.isRunning) this.#stopPurging = relay.purgeRegularly();
  }

  /** Tries again until the broker is there. */
  async #beginLater(reason: Error): Promise<void> {
    const { broker } = this.parts;
    let told = reason.message;
    while (!this.#isEnding) {
      await this.#waking.pause(BEGIN_AGAIN_MS);
      if (this.#isEnding) return;
      try {
        await this.#begin();
        this.#logger.log(`The broker "${broker.name}" is there.`);
        return;
      } catch (error) {
        const { message } = error as Error;
        if (message !== told && !this.#isEnding) this.#logger.warn(message);
        told = message;
      }
    }
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
