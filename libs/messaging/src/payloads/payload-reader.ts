import { InvalidInputException, type PayloadSchema, type PayloadSchemaRegistry } from '@core-framework/common';
import type { Type } from '@nestjs/common';
import { InvalidConsumerError, InvalidPayloadError } from '../errors/messaging.errors.js';
import { classPayload, hasRules } from './class-payload.js';

/** Reads the data of events by the classes that are declared for it, each compiled once. */
export class PayloadReader {
  readonly #compiled = new Map<Type<object>, PayloadSchema>();

  constructor(private readonly registry: PayloadSchemaRegistry) {}

  schemaOf(type: Type<object>): PayloadSchema {
    let compiled = this.#compiled.get(type);
    if (!compiled) this.#compiled.set(type, (compiled = this.registry.find(type) ?? classPayload(type)));
    return compiled;
  }

  /** @throws InvalidConsumerError when nothing says what the data of a class has to be: all of it would be refused. */
  check(type: Type<object>): void {
    if (this.registry.find(type) || hasRules(type)) return;
    throw new InvalidConsumerError(
      `${type.name} has no rules, and is the payload of an event.`,
      'Decorate its properties as class-validator says, or leave `payload` out.',
    );
  }

  /** @throws InvalidPayloadError when the data breaks a rule of the class. */
  async read(event: string, type: Type<object>, data: unknown): Promise<object> {
    try {
      return await this.schemaOf(type).read(data);
    } catch (error) {
      if (!(error instanceof InvalidInputException)) throw error;
      const problems = Object.entries(error.client.errors ?? {}).flatMap(([field, found]) =>
        found.map(({ message }) => `${field}: ${message}`),
      );
      throw new InvalidPayloadError(event, problems);
    }
  }
}
