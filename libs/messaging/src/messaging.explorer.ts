import type { ActionHook, AroundAction, HookedAction } from '@core-framework/common';
import { type Database, isAtomic } from '@core-framework/orm';
import type { Inbox } from '@core-framework/outbox';
import type { DiscoveryService, ExternalContextCreator, ParamsFactory } from '@nestjs/core';
import { ConsumerGroup, type ConsumerGroupOptions } from './consuming/consumer-group.js';
import type { EventHandler } from './consuming/event-handler.js';
import { EventOutsideTransactionError, InvalidConsumerError } from './errors/messaging.errors.js';
import type { EventBus } from './event-bus.js';
import { eventMatcher } from './events/event-name.js';
import type { ResolvedMessagingOptions } from './messaging.options.js';
import {
  type ConsumerDeclaration,
  consumerOf,
  type EmitterDeclaration,
  emitterOf,
  type HandlerDeclaration,
  handlersOf,
} from './metadata/messaging.metadata.js';
import { bindEmitters, emit } from './publishing/method-emission.js';

/** Where Nest keeps parameter decorators. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const PARAMETERS: ParamsFactory = { exchangeKeyForValue: () => null };

interface Found {
  readonly instance: object;
  readonly type: Function;
}

/** Finds what consumes, listens and emits in an application. */
export class MessagingExplorer implements ActionHook {
  /** What views emit; their routes carry it under names of their own. */
  readonly #hooked = new Set<EmitterDeclaration>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly contexts: ExternalContextCreator,
    private readonly bus: EventBus,
    private readonly options: ResolvedMessagingOptions,
  ) {}

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
    return async (call, proceed) => {
      const result = await proceed();
      await emit(this.bus, emitter, result, call);
      return result;
    };
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
        this.bus.listen(pattern, (event) =>
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
      bindEmitters(instance, this.bus, new Set(emitting.map(([, emitter]) => emitter)));
    }
  }

  /** The groups of the application; consumers of the same group are one. */
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
    return [...declared].map(
      ([group, consumers]) =>
        new ConsumerGroup(this.#groupOptions(group, consumers), handlers.get(group) ?? [], database, inbox),
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
    const call = this.contexts.create(
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
      call,
    };
  }

  #groupOptions(group: string, consumers: readonly ConsumerDeclaration[]): ConsumerGroupOptions {
    const { retry, prefetch, visibilityMs, inbox } = this.options;
    const said = Object.assign({}, ...consumers.map(({ options }) => options)) as ConsumerDeclaration['options'];
    const concurrency = said.concurrency ?? said.prefetch ?? prefetch;
    return {
      group,
      topics: [...new Set(consumers.flatMap(({ options }) => options.topics))],
      retry: said.retry ?? retry,
      retryDelayMs: said.retryDelayMs ?? 1000,
      concurrency,
      prefetch: Math.max(said.prefetch ?? prefetch, concurrency),
      visibilityMs,
      inbox: said.inbox ?? inbox,
    };
  }

  #instances(): readonly Found[] {
    const wrappers = [...this.discovery.getProviders(), ...this.discovery.getControllers()];
    const found = new Map<object, Found>();
    for (const wrapper of wrappers) {
      const { metatype } = wrapper;
      if (typeof metatype !== 'function' || wrapper.isNotMetatype) continue;
      const takesPart = consumerOf(metatype) ?? (handlersOf(metatype).length > 0 || emittersOf(metatype).length > 0);
      if (!takesPart) continue;
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

function emittersOf(type: Function): readonly (readonly [method: string, EmitterDeclaration])[] {
  const found = new Map<string, EmitterDeclaration>();
  for (let prototype = type.prototype as object | null; prototype; prototype = Reflect.getPrototypeOf(prototype)) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const emitter = emitterOf(Object.getOwnPropertyDescriptor(prototype, name)?.value);
      if (emitter && !found.has(name)) found.set(name, emitter);
    }
  }
  return [...found];
}
