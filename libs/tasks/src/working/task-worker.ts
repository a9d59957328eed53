import { Logger } from '@nestjs/common';
import type { RateLimit, TaskBackend, TaskWork } from '../backends/task-backend.js';
import type { TaskRegistry } from '../definitions/task-registry.js';
import type { TaskRunner } from '../running/task-runner.js';

/** How a queue is served. */
export interface QueueRules {
  /** Tasks of it that one worker runs at the same time, beside those of other queues. */
  readonly concurrency?: number;
  /** Starts of its tasks, of all workers together. */
  readonly rateLimit?: RateLimit;
}

/** What a worker does. */
export interface TaskWorkerOptions {
  /** @defaultValue those of the tasks that this process knows */
  readonly queues?: readonly string[];
  /** Most tasks at the same time, of all queues that have no concurrency of their own. */
  readonly concurrency: number;
  readonly rules: ReadonlyMap<string, QueueRules>;
  readonly leaseMs: number;
  readonly drainTimeoutMs: number;
}

/** What the worker needs. */
export interface TaskWorkerParts {
  readonly backend: TaskBackend;
  readonly registry: TaskRegistry;
  readonly runner: TaskRunner;
}

/** Runs the tasks of queues. */
export class TaskWorker {
  readonly #logger = new Logger('Worker');
  #works: readonly TaskWork[] = [];

  constructor(
    private readonly parts: TaskWorkerParts,
    private readonly options: TaskWorkerOptions,
  ) {}

  /** The queues that it serves. */
  get queues(): readonly string[] {
    return this.options.queues ?? [...new Set(this.parts.registry.all.map(({ queue }) => queue))];
  }

  get concurrency(): number {
    return this.options.concurrency;
  }

  get isRunning(): boolean {
    return this.#works.length > 0;
  }

  /** How many tasks it is running. */
  get running(): number {
    return this.#works.reduce((sum, { running }) => sum + running, 0);
  }

  async start(): Promise<void> {
    const { backend, registry, runner } = this.parts;
    const { concurrency, rules, leaseMs } = this.options;
    const shared = this.queues.filter((queue) => !rules.has(queue));
    const own = this.queues.filter((queue) => rules.has(queue));
    const names = () => registry.names;
    const requests = [
      ...(shared.length > 0 ? [{ queues: shared, concurrency }] : []),
      ...own.map((queue) => ({ queues: [queue], concurrency, ...rules.get(queue) })),
    ];
    this.#works = await Promise.all(
      requests.map((request) => backend.work({ ...request, names, leaseMs }, runner.run)),
    );
  }

  pause(): void {
    for (const work of this.#works) work.pause();
  }

  resume(): void {
    for (const work of this.#works) work.resume();
  }

  /** Takes no more tasks, waits for those that run, and gives back those that do not end in time. */
  async stop(): Promise<void> {
    if (!this.isRunning) return;
    const { running } = this;
    if (running > 0) this.#logger.log(`Waiting for ${running} tasks to end.`);
    const left = await Promise.all(this.#works.map((work) => work.drain(this.options.drainTimeoutMs)));
    this.#works = [];
    const released = left.reduce((sum, count) => sum + count, 0);
    if (released > 0) this.#logger.warn(`${released} tasks did not end in time and went back to their queues.`);
  }
}
