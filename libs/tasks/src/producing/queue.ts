import type { Duration } from '../timing/duration.js';
import type { ChainHandle } from './chain-handle.js';
import { type Job, signatureOf } from './job.js';
import type { TaskHandle } from './task-handle.js';
import { TaskService } from './task.service.js';

/** What a job answers. */
type AnswerOf<J extends Job> = Awaited<ReturnType<J['handle']>>;

/** Enqueues jobs, in the transaction of the work in hand as all tasks are. */
export interface QueueFacade {
  /** Has a worker run it. */
  push<J extends Job>(job: J): Promise<TaskHandle<AnswerOf<J>>>;
  /** Has a worker run it, not before so long from now. */
  later<J extends Job>(delay: Duration, job: J): Promise<TaskHandle<AnswerOf<J>>>;
  /** Has workers run them one after the other, each when the one before it has succeeded. */
  chain(jobs: readonly [Job, ...Job[]]): Promise<ChainHandle>;
  /** The same for another queue than that which the jobs name. */
  on(queue: string): QueueFacade;
}

/** Enqueues jobs of the application that the work in hand belongs to, else of the only one that is open. */
export const Queue: QueueFacade = facade();

function facade(queue?: string): QueueFacade {
  const sign = <J extends Job>(job: J, service: TaskService) =>
    signatureOf(job, service.defaults).with(queue === undefined ? {} : { queue });
  const push = async <J extends Job>(job: J, countdown?: Duration) => {
    const service = TaskService.current();
    const { task, args, options } = sign(job, service);
    return service.apply<AnswerOf<J>>(task, { ...options, args, ...(countdown !== undefined && { countdown }) });
  };
  return Object.freeze<QueueFacade>({
    push: (job) => push(job),
    later: (delay, job) => push(job, delay),
    chain: async ([first, ...rest]) => {
      const service = TaskService.current();
      return service.chain([sign(first, service), ...rest.map((job) => sign(job, service))]);
    },
    on: (name) => facade(name),
  });
}
