import { InvalidInputException, type PayloadSchema, type PayloadSchemaRegistry } from '@core-framework/common';
import type { Type } from '@nestjs/common';
import { InvalidPayloadError } from '../errors/messaging.errors.js';
import { classPayload } from './class-payload.js';

/** Reads the data of events by the classes that are declared for it, each compiled once. */
export class PayloadReader {
  readonly #compiled = new Map<Type<object>, PayloadSchema>();

  constructor(private readonly registry: PayloadSchemaRegistry) {}

  schemaOf(type: Type<object>): PayloadSchema {
    let compiled = this.#compiled.get(type);
    if (!compiled) this.#compiled.set(type, (compiled = this.registry.find(type) ?? classPayload(type)));
    return compiled;
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
