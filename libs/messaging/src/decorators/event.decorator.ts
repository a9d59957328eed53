import { isAtomic } from '@core-framework/orm';
import type { Type } from '@nestjs/common';
import type { ActionCall } from '@core-framework/common';
import { EventOutsideTransactionError, InvalidConsumerError } from '../errors/messaging.errors.js';
import { checkChannelName, checkEventName } from '../events/event-name.js';
import { type ProcessEvents, processEvents } from '../listening/process-events.js';
import { emitFrom } from '../publishing/method-emission.js';
import { emitterOf, recordEmitter } from '../metadata/messaging.metadata.js';

/** Options of `@Event`. */
export interface EventOptions {
  /** @defaultValue that of the module: `events` */
  readonly topic?: string;
  /**
   * Class that the data is checked by before it leaves, as bodies of requests are; keys that it does not declare do not
   * leave. Data that breaks a rule is an error of this method, which takes its transaction back. @defaultValue none
   */
  readonly payload?: Type<object>;
  /** For people who read the document of the events. @defaultValue none */
  readonly description?: string;
  /** Makes the data of the result. @defaultValue the result; of a model its columns, without those that are hidden */
  readonly data?: (result: never, call?: ActionCall) => unknown;
  /** Makes the key of the result; events of one key keep their order. @defaultValue none */
  readonly key?: (result: never) => string | number | undefined;
  /** Whether there is an event at all. @defaultValue always */
  readonly when?: (result: never) => boolean;
}

function emitEvent(event: string, options: EventOptions = {}) {
  checkEventName(event);
  if (options.topic !== undefined) checkChannelName('a topic', options.topic);
  return <M extends (...args: never[]) => Promise<unknown>>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const method = descriptor.value as M;
    const emitter = Object.freeze({ event, options });
    const subject = `${target.constructor.name}.${String(name)}`;
    const other = emitterOf(method);
    if (other) {
      throw new InvalidConsumerError(
        `${subject} emits "${event}" and "${other.event}".`,
        'Publish one of them by EventBus.publish(), in the method.',
      );
    }
    if (isAtomic(method)) {
      throw new EventOutsideTransactionError(subject, event, 'Put @Atomic() above @Event(), so that it is around it.');
    }
    async function emitting(this: object, ...args: Parameters<M>): Promise<unknown> {
      const result: unknown = await Reflect.apply(method, this, args);
      await emitFrom(this, emitter, result);
      return result;
    }
    for (const key of ['name', 'length'] as const) {
      Object.defineProperty(emitting, key, { value: method[key], configurable: true });
    }
    for (const key of Reflect.getOwnMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), emitting);
    }
    recordEmitter(emitting, emitter);
    descriptor.value = emitting as unknown as M;
  };
}

/**
 * Emits an event with the result of a method when it succeeds, in its transaction: an action of a ViewSet has one, any other
 * method needs `@Atomic()` above this decorator, else the application does not start.
 *
 * `Event.listen()`, `Event.dispatch()` and `Event.subscribe()` are for events within the process, wherever nothing is injected.
 *
 * @throws InvalidEventNameError, EventOutsideTransactionError; InvalidConsumerError when the method emits another event
 */
export const Event: typeof emitEvent & ProcessEvents = Object.assign(emitEvent, processEvents);
