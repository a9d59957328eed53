import { Logger } from '@nestjs/common';
import type { CoreEvent } from '../events/core-event.js';
import { checkEventPattern, eventMatcher } from '../events/event-name.js';

/** A function that is told of events of this process. */
export type EventListener<T = unknown> = (event: CoreEvent<T>) => unknown;

/** Who listens to events in this process. */
export class LocalListeners {
  readonly #listeners = new Set<{ readonly matches: (name: string) => boolean; readonly listener: EventListener }>();
  readonly #logger = new Logger('EventBus');

  /** @param others are told after these */
  constructor(private readonly others?: LocalListeners) {}

  /** Answers a function that ends it. */
  add(pattern: string, listener: EventListener): () => void {
    const entry = { matches: eventMatcher(checkEventPattern(pattern)), listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Tells all who listen, in the order in which they came; answers what went wrong. */
  async tell(event: CoreEvent): Promise<readonly Error[]> {
    const errors: Error[] = [];
    for (const { matches, listener } of this.#listeners) {
      if (!matches(event.name)) continue;
      try {
        await listener(event);
      } catch (error) {
        errors.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    return this.others ? [...errors, ...(await this.others.tell(event))] : errors;
  }

  /** Tells all who listen; what goes wrong is logged, since what the event tells of has happened. */
  async tellAfterwards(event: CoreEvent): Promise<void> {
    for (const error of await this.tell(event)) this.#logger.error(`A listener of ${event.name} failed.`, error);
  }
}
