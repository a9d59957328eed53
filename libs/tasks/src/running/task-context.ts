import { ContextKey, RequestContext, type RunSignal } from '@core-framework/common';
import { InvalidTaskOptionError } from '../errors/tasks.errors.js';
import { taskJson } from '../producing/task-json.js';
import type { TaskDelivery } from '../backends/task-backend.js';

/** What fits beside an id into what the inbox keeps. */
const LONGEST_STEP = 60;
const CURRENT = new ContextKey<TaskContext>('tasks:current');

/** Runs work in a transaction beside the note that it was run under a name, unless it was before. */
export type RunOnce = <T>(name: string, work: () => Promise<T>) => Promise<T | undefined>;

/**
 * What a run knows of itself. A worker fills the last parameter of this type; `TaskContext.current()` answers it anywhere
 * in the run.
 */
export class TaskContext {
  constructor(
    private readonly delivery: TaskDelivery,
    private readonly run: RunSignal,
    private readonly runOnce: RunOnce,
  ) {}

  /** The run in hand, `undefined` outside of any. */
  static current(): TaskContext | undefined {
    return RequestContext.current()?.get(CURRENT);
  }

  /** Id of the task, the same in each attempt. */
  get id(): string {
    return this.delivery.id;
  }

  get name(): string {
    return this.delivery.name;
  }

  get queue(): string {
    return this.delivery.queue;
  }

  /** Which attempt this is, from 1 on. */
  get attempt(): number {
    return this.delivery.attempt;
  }

  /**
   * Aborted when the run is no longer wanted: its time is up, the task was cancelled, the worker shuts down or has lost the
   * task. Pass it on to what can be stopped.
   */
  get signal(): AbortSignal {
    return this.run.signal;
  }

  /** What the task before this one in a chain answered, or a list of what the tasks of the group did. */
  get previous(): unknown {
    return this.delivery.headers.previous;
  }

  /** The instant for which a periodic task runs, however late that is. */
  get slot(): Date | undefined {
    const { periodic } = this.delivery.headers;
    return periodic && new Date(periodic.slot);
  }

  /** Tells others how far the run is; JSON. @throws InvalidTaskDataError */
  progress(value: unknown): Promise<void> {
    return this.delivery.report(taskJson(value, 'The progress'));
  }

  /**
   * Runs work in a transaction beside the note that this task has done it: whatever it writes is written once, also when the
   * task is run again. Answers nothing when it had been done before. For the short end of a long task, where the option
   * `transaction` would hold locks for as long as it takes.
   *
   * @param step tells several pieces of work of one task apart, with 60 characters at most
   * @throws InvalidTaskOptionError when the step is longer
   */
  async once<T>(work: () => Promise<T>, step = ''): Promise<T | undefined> {
    if (step.length > LONGEST_STEP) {
      throw new InvalidTaskOptionError(
        `A step of ${this.name} has a name of ${step.length} characters.`,
        `Use ${LONGEST_STEP} at most, such as the id of what the step is about.`,
      );
    }
    return this.runOnce(step === '' ? this.id : `${this.id}:${step}`, work);
  }

  /** Makes this the run of the work in hand. */
  enter(): void {
    RequestContext.current()?.set(CURRENT, this);
  }
}
