import type { RunSignal } from '@core-framework/common';
import type { EventMessage } from '../envelope/event-message.js';
import type { CoreEvent } from '../events/core-event.js';

/** Where and how an event came. */
export interface Reception {
  readonly topic: string;
  readonly attempt: number;
  /** That of the handling that it is a part of. */
  readonly run: RunSignal;
}

/** An event as a handler of a group is given it. Its signal is made when somebody asks for it: few do. */
export class ReceivedEvent implements CoreEvent {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly timestamp: Date;
  readonly attempt: number;
  readonly source: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly #run: RunSignal;

  constructor(
    { id, type, source, time, key, headers }: EventMessage,
    { topic, attempt, run }: Reception,
    readonly data: unknown,
  ) {
    this.id = id;
    this.name = type;
    this.topic = topic;
    this.timestamp = new Date(time);
    this.attempt = attempt;
    this.source = source;
    if (key !== undefined) this.key = key;
    this.headers = headers;
    this.#run = run;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }
}
