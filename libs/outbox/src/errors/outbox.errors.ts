import { CoreError } from '@core-framework/common';

/** Thrown when the relay is told to work in a way in which it cannot. */
export class InvalidOutboxOptionError extends CoreError {
  readonly code = 'OUTBOX_INVALID_OPTION';

  constructor(option: string, value: unknown, fix: string) {
    super(`OutboxModule has the ${option} ${String(value)}.`, { fix });
  }
}
