import { randomUUID } from 'node:crypto';
import { Connections } from '@core-framework/orm';
import { checkEventName } from '../events/event-name.js';
import { type EventListener, LocalListeners } from './local-listeners.js';

/** Takes listeners in. */
export interface EventListening {
  /**
   * Has a function told of events of this process. Answers a function that ends it.
   *
   * @param pattern the name of an event, or a pattern: `user.*`, `*.created`, `order.**`
   */
  listen<T = unknown>(pattern: string, listener: EventListener<T>): () => void;
}

/** What registers several listeners at once. */
export interface EventSubscriber {
  subscribe(events: EventListening): void;
}

/** The bus of a running application. */
interface RunningBus {
  readonly connections: Connections;
  dispatch(name: string, data?: unknown): Promise<void>;
}

/** Listeners of no application: every bus of the process tells them too. */
export const PROCESS_LISTENERS = new LocalListeners();
const running = new Set<RunningBus>();

/** Has {@link processEvents} reach a bus. Answers a function that ends it. */
export function announceBus(bus: RunningBus): () => void {
  running.add(bus);
  return () => void running.delete(bus);
}

/** Events of this process without an injected bus: `Event.listen()`, `Event.dispatch()`, `Event.subscribe()`. */
export interface ProcessEvents extends EventListening {
  /**
   * Tells listeners of this process, those of the running application included: after the commit inside a transaction, else
   * at once.
   *
   * @throws what the first listener that failed threw, outside of a transaction; all have been told.
   * @throws UnknownDatabaseError when several applications run and the work in hand belongs to none of them.
   */
  dispatch(name: string, data?: unknown): Promise<void>;
  /** Has a class register its listeners. */
  subscribe(subscriber: EventSubscriber): void;
}

export const processEvents: ProcessEvents = {
  listen: (pattern, listener) => PROCESS_LISTENERS.add(pattern, listener as EventListener),
  dispatch: async (name, data) => {
    checkEventName(name);
    const [first, ...others] = running;
    const here = others.length > 0 ? Connections.current() : first?.connections;
    const bus = [...running].find(({ connections }) => connections === here);
    if (bus) return bus.dispatch(name, data);
    const facts = { id: randomUUID(), name, topic: '', timestamp: new Date(), attempt: 1, source: '', headers: {} };
    const [error] = await PROCESS_LISTENERS.tell({ ...facts, data });
    if (error) throw error;
  },
  subscribe: (subscriber) => subscriber.subscribe(processEvents),
};
