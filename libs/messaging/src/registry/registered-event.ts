import type { Type } from '@nestjs/common';

/** Who publishes an event: `UserViewSet.register`, or `EventBus.publish` where it is only declared. */
export interface EventProducer {
  readonly name: string;
  readonly topic: string;
}

/** Who handles an event, for a group. */
export interface EventConsumer {
  /** `OrderEvents.onUserCreated`. */
  readonly name: string;
  readonly group: string;
  readonly topics: readonly string[];
  /** What it asked for: the name of the event, or a pattern that fits it. */
  readonly pattern: string;
  readonly payload?: Type<object>;
}

/** Who is told of an event in this process. */
export interface EventListenerInfo {
  readonly name: string;
  readonly pattern: string;
}

/** An event, and who has to do with it in this application. */
export interface RegisteredEvent {
  /** Its name; a pattern where somebody handles what nobody here publishes. */
  readonly name: string;
  readonly topics: readonly string[];
  readonly description?: string;
  readonly producers: readonly EventProducer[];
  readonly consumers: readonly EventConsumer[];
  readonly listeners: readonly EventListenerInfo[];
  /** What its data is checked by: as it is declared, else as a consumer wants it. */
  readonly payload?: Type<object>;
}
