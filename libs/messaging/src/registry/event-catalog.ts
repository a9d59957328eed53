import type { Type } from '@nestjs/common';
import { InvalidConsumerError } from '../errors/messaging.errors.js';
import { checkChannelName, checkEventName } from '../events/event-name.js';

/** What is known of an event before anybody publishes it. */
export interface EventDeclaration {
  readonly name: string;
  /** Where it is published. @defaultValue that of the module: `events` */
  readonly topic?: string;
  /** Class that its data is checked by when it is published; keys that the class does not declare do not leave. @defaultValue none */
  readonly payload?: Type<object>;
  /** For people who read the document of the events. @defaultValue none */
  readonly description?: string;
}

/** The events that the application says it publishes. */
export class EventCatalog {
  readonly #declared = new Map<string, EventDeclaration>();

  /** @throws InvalidEventNameError; InvalidConsumerError when it is declared with another topic or class already. */
  add(declaration: EventDeclaration): void {
    const { name, topic, payload, description } = declaration;
    checkEventName(name);
    if (topic !== undefined) checkChannelName('a topic', topic);
    const known = this.#declared.get(name);
    for (const [what, before, now] of [
      ['topic', known?.topic, topic],
      ['payload', known?.payload, payload],
    ] as const) {
      if (before === undefined || now === undefined || before === now) continue;
      throw new InvalidConsumerError(`"${name}" is declared with more than one ${what}.`, `Name the same ${what}.`);
    }
    this.#declared.set(name, {
      name,
      topic: topic ?? known?.topic,
      payload: payload ?? known?.payload,
      description: description ?? known?.description,
    });
  }

  find(name: string): EventDeclaration | undefined {
    return this.#declared.get(name);
  }

  get declarations(): readonly EventDeclaration[] {
    return [...this.#declared.values()];
  }
}
