import { Injectable, type Type } from '@nestjs/common';
import type { PayloadSchema, PayloadSchemaSource } from '../schemas/payload-schema.js';

/** Where packages announce that they know classes by which data is checked; those that read messages ask it. */
@Injectable()
export class PayloadSchemaRegistry {
  readonly #sources: PayloadSchemaSource[] = [];

  register(source: PayloadSchemaSource): void {
    this.#sources.push(source);
  }

  /** The class, compiled; `undefined` when nobody knows classes of its kind. */
  find(type: Type<object>): PayloadSchema | undefined {
    for (const source of this.#sources) {
      const schema = source(type);
      if (schema) return schema;
    }
    return undefined;
  }
}
