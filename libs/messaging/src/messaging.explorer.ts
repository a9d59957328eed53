import type { ActionHook, AroundAction, HookedAction } from '@core-framework/common';
import { type Database, isAtomic } from '@core-framework/orm';
import type { Inbox } from '@core-framework/outbox';
import type { DiscoveryService, ExternalContextCreator, ParamsFactory } from '@nestjs/core';
import type { DeadLetterPlace } from './brokers/message-broker.js';
import { agreedOptions } from './consuming/agreed-options.js';
import { ConsumerGroup, type ConsumerGroupOptions } from './consuming/consumer-group.js';
import type { EventHandler } from './consuming/event-handler.js';
import { EventOutsideTransactionError, InvalidConsumerError } from './errors/messaging.errors.js';
import type { EventBus } from './event-bus.js';
import { eventMatcher } from './events/event-name.js';
import { announceBus } from './listening/process-events.js';
import type { ResolvedMessagingOptions } from './messaging.options.js';
import {
  type ConsumerDeclaration,
  consumerOf,
  type EmitterDeclaration,
  emitterOf,
  type HandlerDeclaration,
  handlersOf,
} from './metadata/messaging.metadata.js';
import type { PayloadReader } from './payloads/payload-reader.js';
import type { EventCatalog } from './registry/event-catalog.js';
import type { FoundParticipants } from './registry/event.registry.js';
import { bindEmitters, emit, leaveToHook } from './publishing/method-emission.js';

/** Where Nest keeps parameter decorators. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const PARAMETERS: ParamsFactory = { exchangeKeyForValue: () => null };

interface Found {
  readonly instance: object;
  readonly type: Function;
}

/** What an explorer works with. */
export interface ExplorerParts {
  readonly discovery: DiscoveryService;
  readonly contexts: ExternalContextCreator;
  readonly bus: EventBus;
  readonly options: ResolvedMessagingOptions;
  readonly catalog: EventCatalog;
  readonly payloads: PayloadReader;
}

/** Finds what consumes, listens and emits in an application. */
export class MessagingExplorer implements ActionHook {
  /** What views emit; their routes carry it under names of their own. */
  readonly #hooked = new Set<EmitterDeclaration>();

  constructor(private readonly parts: ExplorerParts) {}

  /** Emits the events of a view's action. @throws EventOutsideTransactionError when it has no transaction. */
  bind({ view, name, transaction }: HookedAction): AroundAction | undefined {
    const method: unknown = Reflect.get(view.prototype as object, name);
    const emitter = emitterOf(method);
    if (!emitter) return undefined;
    const subject = `${view.name}.${name}`;
    if (!transaction) {
      throw new EventOutsideTransactionError(subject, emitter.event, 'Let the action run in its transaction.');
    }
    this.#hooked.add(emitter);
    leaveToHook(emitter);
    return async (call, proceed) => {
      const result = await proceed();
      await emit(this.parts.bus, emitter, result, call);
      return result;
    };
  }

  /** Declares the events that methods emit. @throws InvalidConsumerError when two say different things of one. */
  declare(): void {
    for (const { type } of this.#instances()) {
      for (const [, { event, options }] of emittersOf(type)) {
        const { payload, description } = options;
        if (payload ?? description) this.parts.catalog.add({ name: event, payload, description });
      }
    }
  }

  /** @throws InvalidConsumerError when data is to be checked by a class that has no rules. */
  checkPayloads(): void {
    const handled = this.#instances().flatMap(({ type }) => handlersOf(type).map(({ options }) => options.payload));
    const declared = this.parts.catalog.declarations.map(({ payload }) => payload);
    for (const payload of new Set([...handled, ...declared])) if (payload) this.parts.payloads.check(payload);
  }

  /** Who publishes, handles and hears what. */
  participants(): FoundParticipants {
    const found = this.#instances().map(({ type }) => ({
      type,
      consumer: consumerOf(type),
      handlers: handlersOf(type),
    }));
    const producers = found.flatMap(({ type }) =>
      emittersOf(type).map(([method, { event, options }]) => ({
        event,
        name: `${type.name}.${method}`,
        topic: options.topic ?? this.parts.catalog.find(event)?.topic ?? this.parts.options.topic,
      })),
    );
    const handling = found.flatMap(({ type, consumer, handlers }) =>
      handlers.map(({ method, pattern, options }) => ({ name: `${type.name}.${method}`, pattern, consumer, options })),
    );
    return {
      producers,
      consumers: handling.flatMap(({ name, pattern, consumer, options: { payload } }) =>
        consumer
          ? [{ name, pattern, group: consumer.group, topics: consumer.options.topics, ...(payload && { payload }) }]
          : [],
      ),
      listeners: handling.flatMap(({ name, pattern, consumer }) => (consumer ? [] : [{ name, pattern }])),
    };
  }

  /** Has `Event.dispatch()` reach this application. Answers a function that ends it. */
  announce(): () => void {
    return announceBus(this.parts.bus);
  }

  /** Has local listeners listen. */
  listen(): void {
    for (const { instance, type } of this.#instances()) {
      if (consumerOf(type)) continue;
      for (const { method, pattern, options } of handlersOf(type)) {
        if (options.payload) {
          throw new InvalidConsumerError(
            `${type.name}.${method} listens in the process and names a payload.`,
            'Leave it out: what is published here needs no reading.',
          );
        }
        this.parts.bus.listen(pattern, (event) =>
          Reflect.apply(Reflect.get(instance, method) as Function, instance, [event]),
        );
      }
    }
  }

  /**
   * Has emitting methods publish.
   *
   * @throws EventOutsideTransactionError when one is neither an action of a view nor atomic.
   */
  bindEmitters(): void {
    for (const { instance, type } of this.#instances()) {
      const emitting = emittersOf(type).filter(([, emitter]) => !this.#hooked.has(emitter));
      for (const [method, { event }] of emitting) {
        if (!isAtomic(Reflect.get(type.prototype as object, method))) {
          throw new EventOutsideTransactionError(`${type.name}.${method}`, event);
        }
      }
      bindEmitters(instance, this.parts.bus, new Set(emitting.map(([, emitter]) => emitter)));
    }
  }

  /** Where the application has consumers, whether this process runs them or not. */
  places(): readonly DeadLetterPlace[] {
    const places = this.#instances().flatMap(({ type }) => {
      const { group, options } = consumerOf(type) ?? {};
      return group === undefined ? [] : (options?.topics ?? []).map((topic) => ({ group, topic }));
    });
    return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
  }

  /**
   * The groups that this process runs; consumers of the same group are one.
   *
   * @throws InvalidConsumerError when it is to run a group that the application does not have.
   */
  groups(database: Database, inbox: Inbox): readonly ConsumerGroup[] {
    const handlers = new Map<string, EventHandler[]>();
    const declared = new Map<string, ConsumerDeclaration[]>();
    for (const { instance, type } of this.#instances()) {
      const consumer = consumerOf(type);
      if (!consumer) continue;
      const own = handlersOf(type).map((handler) => this.#handler(instance, type, consumer, handler));
      if (own.length === 0) {
        throw new InvalidConsumerError(
          `${type.name} is a consumer and handles no event.`,
          'Decorate a method with @OnEvent().',
        );
      }
      handlers.set(consumer.group, [...(handlers.get(consumer.group) ?? []), ...own]);
      declared.set(consumer.group, [...(declared.get(consumer.group) ?? []), consumer]);
    }
    return this.#chosen(declared).map(
      ([group, consumers]) =>
        new ConsumerGroup(this.#groupOptions(group, consumers), handlers.get(group) ?? [], {
          database,
          inbox,
          payloads: this.parts.payloads,
        }),
    );
  }

  #chosen(declared: ReadonlyMap<string, readonly ConsumerDeclaration[]>) {
    const { consumers, topics } = this.parts.options;
    if (consumers === false) return [];
    const unknown = typeof consumers === 'object' ? consumers.find((group) => !declared.has(group)) : undefined;
    if (unknown !== undefined) {
      const known = [...declared.keys()].join(', ');
      throw new InvalidConsumerError(
        `This process is to run the group "${unknown}", of which the application has no consumer.`,
        known === '' ? 'Leave MESSAGE_GROUPS empty.' : `Groups are: ${known}.`,
      );
    }
    const consumed = new Set([...declared.values()].flat().flatMap(({ options }) => options.topics));
    const idle = topics.find((topic) => !consumed.has(topic));
    if (idle !== undefined) {
      throw new InvalidConsumerError(
        `This process is to take events from the topic "${idle}", of which the application consumes nothing.`,
        consumed.size === 0 ? 'Leave MESSAGE_TOPICS empty.' : `Topics are: ${[...consumed].join(', ')}.`,
      );
    }
    const takes = ({ options }: ConsumerDeclaration) =>
      topics.length === 0 || options.topics.some((topic) => topics.includes(topic));
    return [...declared].filter(
      ([group, declarations]) => (consumers === true || consumers.includes(group)) && declarations.some(takes),
    );
  }

  #handler(
    instance: object,
    type: Function,
    { options }: ConsumerDeclaration,
    handler: HandlerDeclaration,
  ): EventHandler {
    const {
      method,
      pattern,
      options: { payload },
    } = handler;
    const callback = Reflect.get(instance, method) as (...args: unknown[]) => unknown;
    const decorated = Reflect.hasMetadata(ROUTE_ARGUMENTS, type, method);
    const call = this.parts.contexts.create(
      instance,
      callback,
      method,
      decorated ? ROUTE_ARGUMENTS : undefined,
      decorated ? PARAMETERS : undefined,
      undefined,
      undefined,
      { guards: true, interceptors: true, filters: true },
      'event',
    );
    return {
      name: `${type.name}.${method}`,
      pattern,
      matches: eventMatcher(pattern),
      topics: options.topics,
      payload,
      takesManager: decorated || callback.length !== 1,
      call,
    };
  }

  #groupOptions(group: string, consumers: readonly ConsumerDeclaration[]): ConsumerGroupOptions {
    const { retry, prefetch, visibilityMs, inbox, topics } = this.parts.options;
    const said = agreedOptions(group, consumers);
    const concurrency = said.concurrency ?? said.prefetch ?? prefetch;
    return {
      group,
      topics: [...new Set(consumers.flatMap(({ options }) => options.topics))].filter(
        (topic) => topics.length === 0 || topics.includes(topic),
      ),
      retry: said.retry ?? retry,
      retryDelayMs: said.retryDelayMs ?? 1000,
      timeoutMs: said.timeoutMs ?? 300_000,
      concurrency,
      prefetch: Math.max(said.prefetch ?? prefetch, concurrency),
      visibilityMs,
      inbox: said.transaction === false ? false : (said.inbox ?? inbox),
      transaction: said.transaction ?? true,
    };
  }

  #instances(): readonly Found[] {
    const wrappers = [...this.parts.discovery.getProviders(), ...this.parts.discovery.getControllers()];
    const found = new Map<object, Found>();
    for (const wrapper of wrappers) {
      const { metatype } = wrapper;
      if (typeof metatype !== 'function' || wrapper.isNotMetatype) continue;
      if (!takesPart(metatype)) continue;
      const instance: unknown = wrapper.instance;
      if (!wrapper.isDependencyTreeStatic() || typeof instance !== 'object' || instance === null) {
        throw new InvalidConsumerError(
          `${metatype.name} takes part in events and is made anew for each request.`,
          'Give it the default scope.',
        );
      }
      found.set(instance, { instance, type: metatype });
    }
    return [...found.values()];
  }
}

/** Whether instances of a class have anything to do with events. */
export function takesPart(type: Function): boolean {
  return consumerOf(type) !== undefined || handlersOf(type).length > 0 || emittersOf(type).length > 0;
}

function emittersOf(type: Function): readonly (readonly [method: string, EmitterDeclaration])[] {
  const found = new Map<string, EmitterDeclaration>();
  for (let prototype = type.prototype as object | null; prototype; prototype = Reflect.getPrototypeOf(prototype)) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const emitter = emitterOf(Object.getOwnPropertyDescriptor(prototype, name)?.value);
      // Routes of views carry the emitter of their method under names of their own.
      if (emitter && !found.has(name) && ![...found.values()].includes(emitter)) found.set(name, emitter);
    }
  }
  return [...found];
}
