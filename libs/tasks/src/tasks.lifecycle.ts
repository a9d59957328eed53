import { type BootReportRegistry, type HealthRegistry, isAssembledOnly } from '@core-framework/common';
import type { OutboxRelay } from '@core-framework/outbox';
import { Logger } from '@nestjs/common';
import { SyncTaskBackend } from './backends/sync/sync.backend.js';
import type { NewTask, TaskBackend } from './backends/task-backend.js';
import { TASKS_CHANNEL } from './producing/task.service.js';
import type { TaskRunner } from './running/task-runner.js';
import type { TaskScheduler } from './scheduling/task-scheduler.js';
import type { TasksExplorer } from './tasks.explorer.js';
import type { ResolvedTasksOptions } from './tasks.options.js';
import type { TaskWorker } from './working/task-worker.js';

/** What the lifecycle needs. */
export interface TasksParts {
  readonly backend: TaskBackend;
  readonly explorer: TasksExplorer;
  readonly runner: TaskRunner;
  readonly worker: TaskWorker;
  readonly scheduler: TaskScheduler;
  readonly relay: OutboxRelay;
  readonly options: ResolvedTasksOptions;
  readonly health: HealthRegistry;
  readonly report: BootReportRegistry;
}

/** Ties tasks to the application's life: a worker starts when all is in place and ends before the database closes. */
export class TasksLifecycle {
  readonly #logger = new Logger('Tasks');
  #stopPurging: (() => Promise<void>) | undefined;

  constructor(private readonly parts: TasksParts) {}

  onModuleInit(): void {
    const { backend, explorer, health, options, report, runner } = this.parts;
    explorer.explore();
    health.register({
      name: 'tasks',
      check: async () => ({ backend: backend.name, ...(await backend.health()), runs: runner.metrics.totals }),
    });
    if (backend instanceof SyncTaskBackend) backend.runWith(runner.run);
    const roles = this.#roles();
    report.set(
      'Tasks',
      roles.length > 0 ? `${backend.name}, with ${roles.join(' and ')} in this process` : backend.name,
    );
    if (options.isHostedByDefault && roles.length > 0) {
      this.#logger.log(
        `This process runs the ${roles.join(' and the ')} of tasks as well; TASK_IN_PROCESS=false leaves that to others.`,
      );
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    if (isAssembledOnly()) return;
    const { backend, relay, scheduler, worker } = this.parts;
    await backend.connect();
    if (backend.transactions === 'outbox') {
      relay.register(TASKS_CHANNEL, async (entries) => {
        await backend.enqueue(entries.map(({ payload }) => JSON.parse(payload) as NewTask));
      });
      relay.start(TASKS_CHANNEL);
    }
    const roles = this.#roles();
    if (roles.includes('worker')) {
      await worker.start();
      this.#stopPurging = relay.purgeRegularly();
    }
    if (roles.includes('scheduler')) scheduler.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { backend, relay, scheduler, worker } = this.parts;
    await scheduler.stop();
    await worker.stop();
    await this.#stopPurging?.();
    if (backend.transactions === 'outbox') await relay.stop();
    await backend.disconnect();
  }

  /** What this process does beside enqueueing; what there is nothing for is left out. */
  #roles(): readonly ('worker' | 'scheduler')[] {
    const { backend, options, scheduler, worker } = this.parts;
    const isAtOnce = backend instanceof SyncTaskBackend;
    return [
      ...(options.worker && !isAtOnce && worker.queues.length > 0 ? (['worker'] as const) : []),
      ...(options.scheduler && scheduler.tasks.length > 0 ? (['scheduler'] as const) : []),
    ];
  }
}
