import { CoreError } from '@core-framework/common';

/** Thrown when a task, its options or those of the module cannot be what they say. */
export class InvalidTaskOptionError extends CoreError {
  readonly code = 'TASKS_INVALID_OPTION';

  constructor(message: string, fix: string) {
    super(message, { fix });
  }
}

/** Thrown when arguments, results or progress of a task would not survive as JSON. */
export class InvalidTaskDataError extends CoreError {
  readonly code = 'TASKS_INVALID_DATA';

  constructor(place: string, kind: string) {
    super(`${place} is ${kind}, which does not survive as JSON.`, {
      fix: 'Pass texts, numbers, booleans, null, and lists and plain objects of these: an id instead of a model.',
    });
  }
}

/** Thrown when a task is asked for that this application does not have. */
export class UnknownTaskError extends CoreError {
  readonly code = 'TASKS_UNKNOWN';

  constructor(what: string, fix: string) {
    super(what, { fix });
  }
}

/** Thrown when a task is enqueued without an injected client where no application with tasks is at work. */
export class NoTasksModuleError extends CoreError {
  readonly code = 'TASKS_NO_MODULE';

  constructor() {
    super('A task is enqueued in an application without tasks.', {
      fix: 'Import TasksModule.forRoot() in the module of the application.',
    });
  }
}

/** Thrown when no task backend can be told from what is set. */
export class TaskBackendChoiceError extends CoreError {
  readonly code = 'TASKS_BACKEND_CHOICE';

  constructor(message: string, fix: string) {
    super(message, { fix });
  }
}

/** Thrown when something is chosen whose packages are not installed: they are optional. */
export class MissingTaskPackageError extends CoreError {
  readonly code = 'TASKS_PACKAGE_MISSING';

  constructor(what: string, packages: string, cause: unknown) {
    super(`${what} needs ${packages.replaceAll(' ', ' and ')}, which is not installed.`, {
      fix: `npm install ${packages}`,
      cause,
    });
  }
}

/** Thrown when a task backend cannot be reached or does not answer in time. */
export class TaskBackendUnreachableError extends CoreError {
  readonly code = 'TASKS_BACKEND_UNREACHABLE';

  constructor(backend: string, cause: unknown) {
    super(`The task backend "${backend}" does not answer: ${cause instanceof Error ? cause.message : String(cause)}`, {
      fix: 'Check that it runs and that its address is right.',
      cause,
    });
  }
}

/** Thrown where the result of a task is awaited that failed for good, was cancelled or is not kept any more. */
export class TaskFailedError extends CoreError {
  readonly code = 'TASKS_FAILED';

  constructor(id: string, why: string) {
    super(`The task ${id} has no result: ${why}`, { fix: 'See the log of the worker under the id of the task.' });
  }
}

/** Thrown where the result of a task is awaited that has not ended in time; the task goes on. */
export class TaskResultTimeoutError extends CoreError {
  readonly code = 'TASKS_RESULT_TIMEOUT';

  constructor(id: string, milliseconds: number) {
    super(`The task ${id} has not ended within ${milliseconds} ms.`, {
      fix: 'Wait longer, and see that a worker runs for its queue.',
    });
  }
}
