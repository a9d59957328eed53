import type { Type } from '@nestjs/common';
import type { ValueSchema } from './rule-schema.js';

/** A class that values are checked by, ready to read them and to say what it wants. */
export interface PayloadSchema {
  readonly schema: ValueSchema;
  /**
   * Makes an instance of the class of a value. Keys that it does not declare are left out, since whoever sends a message
   * may know more than whoever reads it.
   *
   * @throws InvalidInputException with all that is wrong
   */
  read(value: unknown): Promise<object>;
}

/** Compiles classes of a kind; answers nothing of others. */
export type PayloadSchemaSource = (type: Type<object>) => PayloadSchema | undefined;
