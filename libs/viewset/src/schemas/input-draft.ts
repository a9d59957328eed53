import type { InputReading } from './compiled-input.js';
import { InputErrors } from './input-problems.js';

/** A body that was read field by field; whether the rows that it points to exist is still to be found out. */
export class InputDraft {
  readonly values: Record<string, unknown> = {};
  readonly errors = new InputErrors();

  constructor(
    readonly reading: InputReading,
    /** Where it stands in the draft around it, `tags.0`; empty for a body. */
    readonly path = '',
  ) {}
}
