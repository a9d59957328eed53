import { type ActionCall, RequestContext } from '@core-framework/common';
import { PlainModel } from '@core-framework/orm';
import { InvalidConsumerError } from '../errors/messaging.errors.js';
import type { EventBus } from '../event-bus.js';
import type { EmitterDeclaration } from '../metadata/messaging.metadata.js';

/** On which bus the methods of an instance publish, and which of them do so themselves. */
interface Binding {
  readonly bus: EventBus;
  readonly emitters: ReadonlySet<EmitterDeclaration>;
}

const bindings = new WeakMap<object, Binding>();
/** What actions of views emit: their hooks do it, whatever the instance. */
const hooked = new WeakSet<EmitterDeclaration>();

/** Has emitting methods of an instance publish on a bus. */
export function bindEmitters(instance: object, bus: EventBus, emitters: ReadonlySet<EmitterDeclaration>): void {
  if (emitters.size > 0) bindings.set(instance, { bus, emitters });
}

/** Leaves what is emitted to whoever is around the method. */
export function leaveToHook(emitter: EmitterDeclaration): void {
  hooked.add(emitter);
}

/**
 * Publishes what a method of an instance emits, unless somebody around it does.
 *
 * @throws InvalidConsumerError where an application is at work and has not bound the instance: the event would be lost. Elsewhere,
 *   as in tests of a class by itself, nothing is published.
 */
export async function emitFrom(instance: object, emitter: EmitterDeclaration, result: unknown): Promise<void> {
  const binding = bindings.get(instance);
  if (binding?.emitters.has(emitter)) return emit(binding.bus, emitter, result);
  if (binding || hooked.has(emitter) || !RequestContext.current()) return;
  throw new InvalidConsumerError(
    `${instance.constructor.name} emits "${emitter.event}", and no application publishes it.`,
    'Import MessagingModule.forRoot(), and let Nest make the instance; before the application has started nothing is emitted.',
  );
}

/** Publishes the event that a declaration makes of a result. */
export async function emit(
  bus: EventBus,
  { event, options }: EmitterDeclaration,
  result: unknown,
  call?: ActionCall,
): Promise<void> {
  const { topic, data, key, when } = options;
  if (when && !when(result as never)) return;
  const value: unknown = data ? data(result as never, call) : dataOf(result);
  const told = key?.(result as never);
  await bus.publish(event, value, { topic, ...(told !== undefined && { key: String(told) }) });
}

/** Rows show what clients may see of them. */
function dataOf(result: unknown): unknown {
  if (result instanceof PlainModel) return result.toDict();
  return Array.isArray(result) ? result.map(dataOf) : result;
}
