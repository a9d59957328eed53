import { TaskRunner } from '@core-framework/tasks';
import { Injectable } from '@nestjs/common';

@Injectable()
export class TaskFiguresText {
  constructor(private readonly runner: TaskRunner) {}

  /** In the text format of Prometheus. */
  text(): string {
    const lines = [...this.runner.metrics.figures].flatMap(([task, { succeeded, failed, running }]) => [
      `tasks_succeeded_total{task="${task}"} ${succeeded}`,
      `tasks_failed_total{task="${task}"} ${failed}`,
      `tasks_running{task="${task}"} ${running}`,
    ]);
    return `${lines.join('\n')}\n`;
  }
}
