import type { TaskDefinition } from '../definitions/task-definition.js';
import type { ApplyOptions } from './task-client.js';

/** How a task of a chain or group is enqueued, where that differs from what its declaration says. */
export type SignatureOptions = Pick<ApplyOptions, 'countdown' | 'queue' | 'priority' | 'retry' | 'timeout'>;

/** A task with its arguments, for a chain or a group: `emails.sendEmail.signature('a@b.c', 'Hi')`. */
export class TaskSignature<R = unknown> {
  /** Only for the type: what the task answers. */
  declare protected readonly answer: R;

  constructor(
    readonly task: TaskDefinition,
    readonly args: readonly unknown[],
    readonly options: Partial<SignatureOptions> = {},
  ) {}

  /** The same with options; a `countdown` runs from the moment at which the task before it has ended. */
  with(options: Partial<SignatureOptions>): TaskSignature<R> {
    return new TaskSignature<R>(this.task, this.args, { ...this.options, ...options });
  }
}
