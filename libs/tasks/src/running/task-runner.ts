import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RunSignal, withinTime } from '@core-framework/common';
import { atomic, type Database, runInContext } from '@core-framework/orm';
import type { Inbox } from '@core-framework/outbox';
import { Logger } from '@nestjs/common';
import type { NewTask, TaskBackend, TaskDelivery, TaskOutcome } from '../backends/task-backend.js';
import { isSuspect, SUSPECT_PAUSE_MS } from '../backends/suspects.js';
import type { RunnableTask } from '../definitions/task-definition.js';
import type { TaskRegistry } from '../definitions/task-registry.js';
import {
  LeaseLostError,
  PermanentTaskError,
  RetryLater,
  TaskCancelledError,
  TaskTimeoutError,
  WorkerShutdownError,
} from '../errors/run.errors.js';
import { InvalidTaskDataError } from '../errors/tasks.errors.js';
import { nextId } from '../producing/composing.js';
import { taskJson } from '../producing/task-json.js';
import { retryDelayOf } from './retry-delay.js';
import { type RunOnce, TaskContext } from './task-context.js';
import { TaskMetrics } from './task-metrics.js';

/** Over how many runs of a task workers may die before it is given up. */
const MOST_CRASHES = 3;
/** Milliseconds after which a task is offered again that this process does not know. */
const UNKNOWN_DELAY_MS = 5000;
/** Milliseconds after which a task is offered again whose limit could not be asked for. */
const LIMIT_DELAY_MS = 1000;
/** The longest key of a limit that all backends keep. */
const LONGEST_KEY = 255;
/** The group under which the inbox notes what tasks have written. */
const INBOX_GROUP = 'tasks';

/** What a run needs. */
export interface TaskRunnerParts {
  readonly registry: TaskRegistry;
  readonly backend: TaskBackend;
  readonly database: Database;
  readonly inbox: Inbox;
}

/** Runs tasks and decides what becomes of them. */
export class TaskRunner {
  readonly metrics = new TaskMetrics();
  readonly #logger = new Logger('Tasks');

  constructor(private readonly parts: TaskRunnerParts) {}

  /** Runs a task in a unit of work of its own, in no transaction that is open around it. Never rejects. */
  readonly run = (delivery: TaskDelivery): Promise<TaskOutcome> =>
    runInContext(() => this.#decide(delivery), {
      database: this.parts.database,
      isolated: true,
      requestId: delivery.id,
    });

  async #decide(delivery: TaskDelivery): Promise<TaskOutcome> {
    const { name, crashes } = delivery;
    const task = this.parts.registry.get(name);
    if (!task) {
      this.metrics.count(name, 'unknown');
      this.#logger.debug(`${name} ${delivery.id} is left for a worker that knows it.`);
      return { kind: 'released', delayMs: UNKNOWN_DELAY_MS };
    }
    if (crashes >= MOST_CRASHES) {
      this.metrics.count(name, 'quarantined');
      const error = `Workers died over ${crashes} runs of it.`;
      this.#logger.error(`${name} ${delivery.id} is given up: ${error}`);
      return { kind: 'failed', error };
    }
    if (isSuspect(delivery)) await pause(SUSPECT_PAUSE_MS);
    const end = this.metrics.start(name);
    try {
      const args = JSON.parse(delivery.args) as readonly unknown[];
      const wait = await this.#waitOf(task, args);
      if (wait > 0) return { kind: 'released', delayMs: wait };
      const result = await this.#attempt(task, delivery, args);
      const json = result === undefined ? undefined : taskJson(result, `The result of ${name}`);
      this.metrics.count(name, 'succeeded');
      return { kind: 'succeeded', result: json, next: nextOf(delivery, result) };
    } catch (error) {
      return this.#failed(task, delivery, error);
    } finally {
      end();
    }
  }

  async #waitOf({ name, rateLimit }: RunnableTask, args: readonly unknown[]): Promise<number> {
    if (!rateLimit) return 0;
    const key = limitKey(rateLimit.keyOf(args));
    try {
      const { granted, waitMs } = await this.parts.backend.takePermits(key, rateLimit, 1);
      return granted > 0 ? 0 : Math.max(waitMs, 1);
    } catch (error) {
      // The task was not tried: it loses no attempt.
      this.#logger.warn(`The limit of ${name} could not be asked for: ${reasonOf(error)}`);
      return LIMIT_DELAY_MS;
    }
  }

  #attempt(task: RunnableTask, delivery: TaskDelivery, args: readonly unknown[]): Promise<unknown> {
    const signal = new RunSignal(delivery);
    const { id } = delivery;
    // The whole run is noted under the id itself.
    const within: RunOnce = (step, work) => this.#once(step === id ? `${id}:` : step, work);
    const context = new TaskContext(delivery, signal, task.transaction ? within : this.#once);
    context.enter();
    const call = async () => task.run(args, context);
    const work = task.transaction ? () => this.#once(delivery.id, call) : call;
    const timeoutMs = delivery.headers.timeoutMs ?? task.timeoutMs;
    return withinTime(work, signal, {
      timeoutMs,
      graceMs: task.graceMs,
      error: () => new TaskTimeoutError(task.name, timeoutMs),
      onAbandoned: () => {
        this.metrics.count(task.name, 'abandoned');
        this.#logger.error(
          `${task.name} ${delivery.id} did not end after its timeout; it goes on, and its outcome will not count.`,
        );
      },
    });
  }

  readonly #once: RunOnce = (name, work) => {
    const { database, inbox } = this.parts;
    return atomic(async () => ((await inbox.accept(INBOX_GROUP, name)) ? work() : undefined), { database });
  };

  #failed(task: RunnableTask, { id, attempt, headers, signal }: TaskDelivery, error: unknown): TaskOutcome {
    const said = `${task.name} ${id}`;
    if (signal.aborted) {
      if (signal.reason instanceof WorkerShutdownError) return { kind: 'released', delayMs: 0 };
      if (signal.reason instanceof LeaseLostError) return { kind: 'released', delayMs: 0 };
      if (signal.reason instanceof TaskCancelledError) {
        this.metrics.count(task.name, 'cancelled');
        this.#logger.log(`${said} was cancelled.`);
        return { kind: 'cancelled' };
      }
    }
    const reason = reasonOf(error);
    if (error instanceof RetryLater && !error.countsAsAttempt) {
      this.metrics.count(task.name, 'retried');
      return { kind: 'again', delayMs: error.delayMs, error: reason, countsAsAttempt: false };
    }
    const isPermanent = error instanceof PermanentTaskError || error instanceof InvalidTaskDataError;
    if (isPermanent || attempt > (headers.retry ?? task.retry)) {
      this.metrics.count(task.name, 'failed');
      this.#logger.error(
        `${said} failed for good (attempt ${attempt}): ${reason}`,
        error instanceof Error ? error.stack : undefined,
      );
      return { kind: 'failed', error: reason };
    }
    const delayMs = error instanceof RetryLater ? error.delayMs : retryDelayOf(task, attempt);
    this.metrics.count(task.name, 'retried');
    this.#logger.warn(`${said} failed (attempt ${attempt}), again in ${delayMs} ms: ${reason}`);
    return { kind: 'again', delayMs, error: reason, countsAsAttempt: true };
  }
}

/** What is told of an error; whatever may be thrown has none that fails. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'what was thrown cannot be told';
  }
}

function limitKey(key: string): string {
  const whole = `task:${key}`;
  return whole.length <= LONGEST_KEY ? whole : `task:${createHash('sha256').update(key).digest('hex')}`;
}

/** What follows a task in its chain. */
function nextOf({ id, headers: { chain } }: TaskDelivery, result: unknown): readonly NewTask[] {
  const [next, ...rest] = chain ?? [];
  if (!next) return [];
  return [
    {
      ...next,
      id: nextId(id),
      headers: { ...next.headers, previous: result ?? null, ...(rest.length > 0 && { chain: rest }) },
    },
  ];
}
