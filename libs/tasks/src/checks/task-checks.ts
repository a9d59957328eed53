import { CheckRegistry } from '@core-framework/common';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { TaskBackend } from '../backends/task-backend.js';
import { TASK_BACKEND } from '../tasks.options.js';

/** What tasks would suffer from in production. */
@Injectable()
export class TaskChecks implements OnModuleInit {
  constructor(
    @Inject(TASK_BACKEND) private readonly backend: TaskBackend,
    private readonly checks: CheckRegistry,
  ) {}

  onModuleInit(): void {
    const { name } = this.backend;
    if (name !== 'memory' && name !== 'sync') return;
    const message =
      name === 'memory'
        ? 'Tasks that wait are gone when this process ends.'
        : 'Requests wait for the tasks that they start.';
    const fix = 'Set TASK_BACKEND to database or redis.';
    this.checks.register(
      () => [{ code: 'TASKS_SINGLE_PROCESS', level: 'warning', subject: 'TASK_BACKEND', message, fix }],
      { deploy: true },
    );
  }
}
