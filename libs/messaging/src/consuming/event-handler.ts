import type { Type } from '@nestjs/common';
import type { SqlEntityManager } from '@core-framework/orm';
import type { CoreEvent } from '../events/core-event.js';

/** A method of a consumer, ready to be called with its guards, pipes, interceptors and filters around it. */
export interface EventHandler {
  /** For people: `OrderEvents.onUserCreated`. */
  readonly name: string;
  readonly pattern: string;
  readonly matches: (event: string) => boolean;
  readonly topics: readonly string[];
  readonly payload: Type<object> | undefined;
  /** Whether it may want an EntityManager: to make one costs more than most handlers. */
  readonly takesManager: boolean;
  readonly call: (event: CoreEvent, em?: SqlEntityManager) => Promise<unknown>;
}
