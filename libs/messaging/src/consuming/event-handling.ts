import { RunSignal, withinTime } from '@core-framework/common';
import { atomic, type Database, runInContext } from '@core-framework/orm';
import type { Inbox } from '@core-framework/outbox';
import { Logger } from '@nestjs/common';
import type { Delivery } from '../brokers/message-broker.js';
import { EventTimeoutError, InvalidPayloadError } from '../errors/messaging.errors.js';
import type { EventMessage } from '../envelope/event-message.js';
import type { CoreEvent } from '../events/core-event.js';
import type { PayloadReader } from '../payloads/payload-reader.js';
import type { EventHandler } from './event-handler.js';
import { ReceivedEvent, type Reception } from './received-event.js';

/** How the handlers of a group are called. */
export interface HandlingOptions {
  readonly group: string;
  /** Milliseconds that those of an event may take together. */
  readonly timeoutMs: number;
  readonly inbox: boolean;
  readonly transaction: boolean;
}

/** What a group works with. */
export interface ConsumerSurroundings {
  readonly database: Database;
  readonly inbox: Inbox;
  readonly payloads: PayloadReader;
}

/** Most milliseconds that handlers have to end once they were told that their time is up. */
const LONGEST_GRACE_MS = 5000;

type Calls = readonly (readonly [EventHandler, CoreEvent])[];

/** Calls the handlers of an event: in a unit of work, within their time, and once where there is an inbox. */
export class EventHandling {
  readonly #logger: Logger;

  constructor(
    private readonly options: HandlingOptions,
    private readonly surroundings: ConsumerSurroundings,
  ) {
    this.#logger = new Logger(`Consumer ${options.group}`);
  }

  /** Resolves with `false` when the event has had its effect already. @throws EventTimeoutError */
  run({ message, topic }: Delivery, attempt: number, handlers: readonly EventHandler[]): Promise<boolean> {
    const { group, timeoutMs } = this.options;
    const signal = new RunSignal();
    const { database } = this.surroundings;
    const work = async () => {
      const calls = await this.#callsOf(message, { topic, attempt, run: signal }, handlers);
      return this.options.transaction ? this.#once(message.id, calls, signal) : this.#again(calls);
    };
    return withinTime(() => runInContext(work, { database, isolated: true }), signal, {
      timeoutMs,
      graceMs: Math.min(timeoutMs, LONGEST_GRACE_MS),
      error: () => new EventTimeoutError(group, message.type, timeoutMs),
      onAbandoned: () => {
        this.#logger.error(
          `Handlers of ${message.type} ${message.id} go on after their time; what they do will not count.`,
        );
      },
    });
  }

  async #callsOf(message: EventMessage, reception: Reception, handlers: readonly EventHandler[]): Promise<Calls> {
    const calls: [EventHandler, CoreEvent][] = [];
    for (const handler of handlers) {
      // Each has its own: what one changes is nobody else's.
      const plain = dataOf(message);
      const { payload } = handler;
      const data = payload ? await this.surroundings.payloads.read(message.type, payload, plain) : plain;
      calls.push([handler, new ReceivedEvent(message, reception, data)]);
    }
    return calls;
  }

  async #again(calls: Calls): Promise<boolean> {
    for (const [handler, event] of calls) {
      await (handler.takesManager
        ? handler.call(event, this.surroundings.database.entityManager())
        : handler.call(event));
    }
    return true;
  }

  #once(id: string, calls: Calls, run: RunSignal): Promise<boolean> {
    const { database, inbox } = this.surroundings;
    return atomic(
      async (em) => {
        if (this.options.inbox && !(await inbox.accept(this.options.group, id))) return false;
        for (const [handler, event] of calls) await handler.call(event, em);
        // Too late, it is tried again, or was: it must not have its effect beside that.
        if (run.reason) throw run.reason;
        return true;
      },
      { database },
    );
  }
}

/** @throws InvalidPayloadError when it is no JSON: others than ours may publish, too. */
function dataOf({ type, data }: EventMessage): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new InvalidPayloadError(type, ['it is no JSON']);
  }
}
