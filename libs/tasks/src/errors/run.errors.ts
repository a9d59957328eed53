import { CoreError } from '@core-framework/common';
import { type Duration, millisecondsOf } from '../timing/duration.js';

/** To be thrown by a task that will fail every time: it is not tried again. */
export class PermanentTaskError extends CoreError {
  readonly code: string = 'TASKS_PERMANENT';
}

/** Options of {@link RetryLater}. */
export interface RetryLaterOptions {
  /** Why, for the log. */
  readonly reason?: string;
  /** Whether this run uses up one of the attempts that the task has. @defaultValue true */
  readonly countsAsAttempt?: boolean;
}

/** To be thrown by a task that wants to be run again after a time of its own choice. */
export class RetryLater extends CoreError {
  readonly code = 'TASKS_RETRY_LATER';
  readonly delayMs: number;
  readonly countsAsAttempt: boolean;

  constructor(
    delay: Duration,
    { reason = 'The task asks to be run again later.', countsAsAttempt }: RetryLaterOptions = {},
  ) {
    super(reason);
    this.delayMs = millisecondsOf(delay, 'RetryLater');
    this.countsAsAttempt = countsAsAttempt ?? true;
  }
}

/** What a run fails with that took longer than its timeout; also the reason of its `signal`. */
export class TaskTimeoutError extends CoreError {
  readonly code = 'TASKS_TIMEOUT';

  constructor(task: string, milliseconds: number) {
    super(`${task} took longer than ${milliseconds} ms.`, { fix: 'Give the task a longer timeout, or less to do.' });
  }
}

/** Reason of the `signal` of a run whose task was cancelled. */
export class TaskCancelledError extends CoreError {
  readonly code = 'TASKS_CANCELLED';

  constructor() {
    super('The task was cancelled.');
  }
}

/** Reason of the `signal` of a run that the worker no longer waits for, because it shuts down. */
export class WorkerShutdownError extends CoreError {
  readonly code = 'TASKS_SHUTDOWN';

  constructor() {
    super('The worker shuts down; the task will be run by another.');
  }
}

/** Reason of the `signal` of a run whose task was given to another worker meanwhile; its outcome does not count. */
export class LeaseLostError extends CoreError {
  readonly code = 'TASKS_LEASE_LOST';

  constructor() {
    super('The task was given to another worker, because this one did not say in time that it is at work.');
  }
}
