import type { ActionCall } from '@core-framework/common';
import { PlainModel } from '@core-framework/orm';
import type { EventBus } from '../event-bus.js';
import type { EmitterDeclaration } from '../metadata/messaging.metadata.js';

/** On which bus the methods of an instance publish, and which of them do so themselves. */
interface Binding {
  readonly bus: EventBus;
  readonly emitters: ReadonlySet<EmitterDeclaration>;
}

const bindings = new WeakMap<object, Binding>();

/** Has emitting methods of an instance publish on a bus; those of instances that no application made publish nothing. */
export function bindEmitters(instance: object, bus: EventBus, emitters: ReadonlySet<EmitterDeclaration>): void {
  if (emitters.size > 0) bindings.set(instance, { bus, emitters });
}

/** Publishes what a method of an instance emits, unless somebody around it does. */
export async function emitFrom(instance: object, emitter: EmitterDeclaration, result: unknown): Promise<void> {
  const binding = bindings.get(instance);
  if (binding?.emitters.has(emitter)) await emit(binding.bus, emitter, result);
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
