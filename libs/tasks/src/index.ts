export type {
  ChainedTask,
  EnqueuedTask,
  NewTask,
  Permits,
  QueueCounts,
  RateLimit,
  RunTask,
  ScheduleState,
  SlotClaim,
  TaskBackend,
  TaskDelivery,
  TaskGroupPlace,
  TaskHeaders,
  TaskOutcome,
  TaskRecord,
  TaskStatus,
  TaskWork,
  WorkRequest,
} from './backends/task-backend.js';
export { BackgroundTask } from './backends/database/background-task.model.js';
export { type DatabaseBackendOptions, DatabaseTaskBackend } from './backends/database/database.backend.js';
export { TaskGroup } from './backends/database/task-group.model.js';
export { TaskGroupResult } from './backends/database/task-group-result.model.js';
export { TaskLimit } from './backends/database/task-limit.model.js';
export { TaskSchedule } from './backends/database/task-schedule.model.js';
export { type MemoryBackendOptions, MemoryTaskBackend } from './backends/memory/memory.backend.js';
export { SyncTaskBackend } from './backends/sync/sync.backend.js';
export { getTasksToken, InjectTasks } from './decorators/inject-tasks.decorator.js';
export {
  type MissedPolicy,
  type OverlapPolicy,
  PeriodicTask,
  type PeriodicTaskOptions,
} from './decorators/periodic-task.decorator.js';
export { Task } from './decorators/task.decorator.js';
export type { TaskDefinition } from './definitions/task-definition.js';
export type { TaskOptions, TaskRateLimit } from './definitions/task-options.js';
export {
  LeaseLostError,
  PermanentTaskError,
  RetryLater,
  type RetryLaterOptions,
  TaskCancelledError,
  TaskTimeoutError,
  WorkerShutdownError,
} from './errors/run.errors.js';
export {
  InvalidTaskDataError,
  InvalidTaskOptionError,
  MissingTaskPackageError,
  NoTasksModuleError,
  TaskBackendChoiceError,
  TaskBackendUnreachableError,
  TaskFailedError,
  TaskResultTimeoutError,
  UnknownTaskError,
} from './errors/tasks.errors.js';
export { defineTask, type DefinedTask } from './producing/define-task.js';
export { Job } from './producing/job.js';
export { Queue, type QueueFacade } from './producing/queue.js';
export type { ApplyOptions, TaskCall, TaskClient } from './producing/task-client.js';
export { ChainHandle } from './producing/chain-handle.js';
export type { Steps } from './producing/composing.js';
export { GroupHandle } from './producing/group-handle.js';
export { TaskHandle } from './producing/task-handle.js';
export { type SignatureOptions, TaskSignature } from './producing/task-signature.js';
export type { ResultOptions } from './producing/wait-for.js';
export { TaskService } from './producing/task.service.js';
export { TaskContext } from './running/task-context.js';
export { type TaskEvent, type TaskFigures, TaskMetrics } from './running/task-metrics.js';
export { TaskRunner } from './running/task-runner.js';
export { PeriodicTasks, type PeriodicTaskState } from './scheduling/periodic-tasks.js';
export type { Timing } from './scheduling/slot-plan.js';
export { TaskScheduler } from './scheduling/task-scheduler.js';
export { TasksModule } from './tasks.module.js';
export {
  type QueueOptions,
  TASK_BACKEND,
  type TasksExtras,
  type TasksOptions,
  type WorkerOptions,
} from './tasks.options.js';
export type { Duration } from './timing/duration.js';
export { TaskWorker } from './working/task-worker.js';
