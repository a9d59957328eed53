import type { ConsumerOptions } from '../decorators/consumer.decorator.js';
import type { EventOptions } from '../decorators/event.decorator.js';
import type { OnEventOptions } from '../decorators/on-event.decorator.js';

/** A method that handles events. */
export interface HandlerDeclaration {
  readonly method: string;
  readonly pattern: string;
  readonly options: OnEventOptions;
}

/** A method that emits an event. */
export interface EmitterDeclaration {
  readonly event: string;
  readonly options: EventOptions;
}

/** A class whose instances take part in a group. */
export interface ConsumerDeclaration {
  readonly group: string;
  readonly options: ConsumerOptions;
}

// Private to this file: nobody else reads or writes these keys.
const HANDLERS = Symbol.for('@core-framework/messaging:handlers');
const EMITTER = Symbol.for('@core-framework/messaging:emitter');
const CONSUMER = Symbol.for('@core-framework/messaging:consumer');

export function recordHandler(target: object, handler: HandlerDeclaration): void {
  const own = (Reflect.getOwnMetadata(HANDLERS, target) as readonly HandlerDeclaration[] | undefined) ?? [];
  Reflect.defineMetadata(HANDLERS, Object.freeze([...own, Object.freeze(handler)]), target);
}

/** The handlers of a class, those of its parents first; a method that a subclass declares anew counts as it says there. */
export function handlersOf(type: Function): readonly HandlerDeclaration[] {
  const found: HandlerDeclaration[] = [];
  for (let prototype = type.prototype as object | null; prototype; prototype = Reflect.getPrototypeOf(prototype)) {
    const own = (Reflect.getOwnMetadata(HANDLERS, prototype) as readonly HandlerDeclaration[] | undefined) ?? [];
    const overridden = new Set(found.map(({ method }) => method));
    found.unshift(...own.filter(({ method }) => !overridden.has(method)));
  }
  return found;
}

/** Kept on the method, from where other decorators carry the very object on. */
export function recordEmitter(method: Function, emitter: EmitterDeclaration): void {
  Reflect.defineMetadata(EMITTER, emitter, method);
}

export function emitterOf(method: unknown): EmitterDeclaration | undefined {
  if (typeof method !== 'function') return undefined;
  return Reflect.getOwnMetadata(EMITTER, method) as EmitterDeclaration | undefined;
}

export function recordConsumer(type: Function, consumer: ConsumerDeclaration): void {
  Reflect.defineMetadata(CONSUMER, Object.freeze(consumer), type);
}

export function consumerOf(type: Function): ConsumerDeclaration | undefined {
  return Reflect.getOwnMetadata(CONSUMER, type) as ConsumerDeclaration | undefined;
}
