import { checkTaskOptions, type TaskOptions } from '../definitions/task-options.js';
import { recordTask } from '../metadata/tasks.metadata.js';
import { slotPlanOf, type Timing } from '../scheduling/slot-plan.js';

/** What becomes of slots that nobody emitted while all schedulers were down. */
export type MissedPolicy = 'once' | 'all' | 'skip';

/** What becomes of a slot while the task of an earlier one waits or runs. */
export type OverlapPolicy = 'allow' | 'skip';

/** Options of `@PeriodicTask`: `cron` or `interval`, and those of a task. */
export type PeriodicTaskOptions = Timing &
  Omit<TaskOptions<never[]>, 'unique' | 'rateLimit'> & {
    /**
     * Slots that passed while no scheduler ran: `once` runs the last of them, `all` each (the last 1000), `skip` none.
     * @defaultValue 'once'
     */
    readonly missed?: MissedPolicy;
    /** Whether a slot is passed over while the task of an earlier one waits or runs. @defaultValue 'allow' */
    readonly overlap?: OverlapPolicy;
  };

/**
 * Makes a method of a provider a task that runs by the clock, once per slot however many schedulers run. It takes no
 * arguments but a `TaskContext`, whose `slot` tells for which instant it runs.
 *
 * @throws InvalidTaskOptionError
 */
export function PeriodicTask(options: PeriodicTaskOptions): MethodDecorator {
  const { cron: _cron, interval: _interval, timezone: _zone, missed: _missed, overlap: _overlap, ...task } = options;
  return (target, method) => {
    const subject = `${target.constructor.name}.${String(method)}`;
    checkTaskOptions(subject, task);
    slotPlanOf(subject, options, 'UTC');
    recordTask(target, { method: String(method), options: task, periodic: options });
  };
}
