import { ActionHookRegistry, BootReportRegistry, HealthRegistry } from '@core-framework/common';
import type { Database } from '@core-framework/orm';
import { type Inbox, type OutboxEntry, OutboxRelay } from '@core-framework/outbox';
import type { MessageBroker } from './brokers/message-broker.js';
import type { ConsumerGroup } from './consuming/consumer-group.js';
import type { EventMessage } from './envelope/event-message.js';
import { EVENTS_CHANNEL } from './event-bus.js';
import type { MessagingExplorer } from './messaging.explorer.js';
import type { ResolvedMessagingOptions } from './messaging.options.js';

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
}

/** Ties events to the application's life: consumers start when all is in place and end before the database closes. */
export class MessagingLifecycle {
  #groups: readonly ConsumerGroup[] = [];

  constructor(private readonly parts: MessagingParts) {
    parts.hooks.register(parts.explorer);
  }

  /** The groups that run in this process. */
  get groups(): readonly ConsumerGroup[] {
    return this.#groups;
  }

  onModuleInit(): void {
    const { broker, explorer, health, report } = this.parts;
    explorer.listen();
    health.register({ name: 'broker', check: async () => ({ broker: broker.name, ...(await broker.health()) }) });
    report.set('Events', broker.name);
  }

  /** After views have bound their hooks: their module is global, and those come first. */
  async onApplicationBootstrap(): Promise<void> {
    const { broker, database, explorer, inbox, relay, options } = this.parts;
    explorer.bindEmitters();
    const groups = explorer.groups(database, inbox).filter(({ options: { group } }) => this.#runs(group));
    await broker.connect();
    this.#groups = groups;
    for (const group of groups) await group.start(broker);
    relay.register(EVENTS_CHANNEL, (entries) => this.#publish(entries));
    if (options.outbox && options.relay) relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { options, relay } = this.parts;
    await Promise.all(this.#groups.map((group) => group.drain(options.drainTimeoutMs)));
    await relay.stop();
    await this.parts.broker.disconnect();
  }

  #runs(group: string): boolean {
    const { consumers } = this.parts.options;
    return typeof consumers === 'boolean' ? consumers : consumers.includes(group);
  }

  async #publish(entries: readonly OutboxEntry[]): Promise<ReadonlyMap<string, Error>> {
    const topics = Map.groupBy(entries, ({ topic }) => topic);
    const answers = await Promise.all(
      [...topics].map(([topic, messages]) => this.parts.broker.publish(topic, messages.map(messageOf))),
    );
    return new Map(answers.flatMap((errors) => [...errors]));
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
