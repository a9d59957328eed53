import type { DefinedTask } from './producing/define-task.js';
import type { JobClass } from './producing/job.js';

/** Tasks that a module names, because they are no methods of providers. */
export class TaskFeature {
  constructor(readonly tasks: readonly (JobClass | DefinedTask)[]) {}
}
