import type { Job, JobsOptions } from 'bullmq';
import type { NewTask, TaskHeaders, TaskRecord, TaskStatus } from '../backends/task-backend.js';

/** What a job carries. */
export interface TaskJobData {
  readonly args: string;
  readonly headers: TaskHeaders;
  /** How often it failed. */
  readonly failures: number;
  /** What it last failed with. */
  readonly error?: string;
}

/** A task as a job. */
export type RedisJob = Job<TaskJobData, string | null>;

/** BullMQ takes 1 for the first; our highest comes first. */
const FIRST_PRIORITY = 1001;

/** What a job says of itself; how long it is kept the workers say, so that each of them is smaller. */
export function jobOptionsOf({ id, priority, delayMs, unique }: NewTask): JobsOptions {
  return {
    jobId: id,
    priority: FIRST_PRIORITY - priority,
    ...(delayMs > 0 && { delay: delayMs }),
    ...(unique !== undefined && { deduplication: { id: unique } }),
  };
}

/** What is known of a job. */
export function recordOf(job: RedisJob, state: string, isCancelled: boolean): TaskRecord {
  const { data, returnvalue, failedReason, progress, timestamp, finishedOn } = job;
  const status = statusOf(state, isCancelled);
  const started = status === 'waiting' || status === 'scheduled' ? 0 : 1;
  const error = failedReason || data.error;
  return {
    id: job.id ?? '',
    name: job.name,
    queue: job.queueName,
    args: data.args,
    status,
    attempts: data.failures + job.stalledCounter + started,
    ...(typeof returnvalue === 'string' && { result: returnvalue }),
    ...(typeof progress === 'string' && { progress }),
    ...(error && status !== 'succeeded' && { error }),
    createdAt: new Date(timestamp),
    ...(finishedOn !== undefined && { endedAt: new Date(finishedOn) }),
  };
}

/** What is kept of a job that was taken away before it ran. */
export function cancelledRecord(job: RedisJob): TaskRecord {
  return { ...recordOf(job, 'waiting', false), status: 'cancelled', endedAt: new Date() };
}

function statusOf(state: string, isCancelled: boolean): TaskStatus {
  switch (state) {
    case 'completed':
      return isCancelled ? 'cancelled' : 'succeeded';
    case 'failed':
      return 'failed';
    case 'active':
      return 'running';
    case 'delayed':
      return 'scheduled';
    default:
      return 'waiting';
  }
}
