import type { TaskHeaders, TaskOutcome, WorkRequest } from '../task-backend.js';

/** A task that was given to a worker of this process. */
export interface ClaimedTask {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly args: string;
  readonly headers: TaskHeaders;
  readonly attempt: number;
  readonly crashes: number;
  /** Whether somebody cancelled it while it ran; whoever ran it has gone. */
  readonly isCancelled: boolean;
}

/** Which tasks are wanted. */
export interface TaskClaim extends Pick<WorkRequest, 'leaseMs' | 'rateLimit'> {
  readonly queue: string;
  readonly names: readonly string[];
  readonly limit: number;
}

/** What became of tasks that were to be kept. */
export interface KeptTasks<C> {
  /** They were given to another worker. */
  readonly lost: readonly C[];
  /** Somebody cancelled them. */
  readonly cancelled: readonly C[];
}

/** Where tasks are pulled from. A claim holds until its lease has run out; what is said of it later has no effect. */
export interface TaskStore<C extends ClaimedTask> {
  claim(request: TaskClaim): Promise<readonly C[]>;
  /** Answers how many were not this worker's any more. */
  settle(ended: readonly (readonly [C, TaskOutcome])[]): Promise<number>;
  extend(claims: readonly C[], leaseMs: number): Promise<KeptTasks<C>>;
  report(claim: C, progress: string): Promise<void>;
}
