import { randomUUID } from 'node:crypto';
import { type Clock, RequestContext } from '@core-framework/common';
import { atomic, type Database, onCommit } from '@core-framework/orm';
import { type Outbox, transactionOf } from '@core-framework/outbox';
import type { EnqueuedTask, NewTask, TaskBackend, TaskHeaders, TaskRecord } from '../backends/task-backend.js';
import type { TaskDefinition } from '../definitions/task-definition.js';
import type { TaskRegistry } from '../definitions/task-registry.js';
import { checkPriority, checkQueueName } from '../definitions/task-options.js';
import { InvalidTaskOptionError, UnknownTaskError } from '../errors/tasks.errors.js';
import { millisecondsOf } from '../timing/duration.js';
import type { ApplyOptions } from './task-client.js';
import { TaskHandle } from './task-handle.js';
import { taskJson } from './task-json.js';

/** The channel of the outbox that carries tasks to a backend outside of the database. */
export const TASKS_CHANNEL = 'tasks';

/** What the service needs. */
export interface TaskServiceParts {
  readonly backend: TaskBackend;
  readonly registry: TaskRegistry;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/** Enqueues tasks, and answers for them. */
export class TaskService {
  constructor(private readonly parts: TaskServiceParts) {}

  get backend(): TaskBackend {
    return this.parts.backend;
  }

  /** The tasks whose code this process has. */
  get tasks(): readonly TaskDefinition[] {
    return this.parts.registry.all;
  }

  /**
   * Enqueues a task by its name. In a transaction it belongs to that: it is run if and only if that commits.
   *
   * @throws UnknownTaskError, InvalidTaskDataError, InvalidTaskOptionError
   */
  async send(name: string, options: Partial<ApplyOptions> = {}): Promise<TaskHandle> {
    const task = this.parts.registry.get(name);
    if (task) return this.apply(task, options);
    throw new UnknownTaskError(
      `No task is called "${name}".`,
      'Declare it by @Task(), in a class that is a provider of this application.',
    );
  }

  /** Enqueues a task. */
  async apply<R>(task: TaskDefinition, options: Partial<ApplyOptions> = {}): Promise<TaskHandle<R>> {
    const [enqueued] = await this.enqueue([this.newTask(task, options)]);
    return new TaskHandle<R>(this.backend, enqueued?.id ?? '', enqueued?.isNew);
  }

  /** The handle of a task that was enqueued before, by its id. */
  handle<R = unknown>(id: string): TaskHandle<R> {
    return new TaskHandle<R>(this.backend, id);
  }

  find(id: string): Promise<TaskRecord | undefined> {
    return this.backend.find(id);
  }

  /** Makes what a backend takes, without enqueueing it. */
  newTask(task: TaskDefinition, options: Partial<ApplyOptions>, headers: TaskHeaders = {}): NewTask {
    const { args = [], queue = task.queue, priority = task.priority, unique, retry, timeout } = options;
    checkQueueName(task.name, queue);
    checkPriority(task.name, priority);
    if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
      throw new InvalidTaskOptionError(`${task.name} is given the retry ${retry}.`, 'Give a whole number from 0 on.');
    }
    const key = unique === undefined ? task.uniqueKeyOf(args) : `${task.name}:${unique}`;
    if (key !== undefined && key.length > 255) {
      throw new InvalidTaskOptionError(
        `${task.name} is given a unique key of ${key.length} characters.`,
        'Give a shorter one: 255 with the name.',
      );
    }
    const requestId = RequestContext.current()?.requestId;
    return {
      id: randomUUID(),
      name: task.name,
      queue,
      args: taskJson(args, `args of ${task.name}`),
      priority,
      delayMs: this.#delayOf(options),
      ...(key !== undefined && { unique: key }),
      headers: {
        ...headers,
        ...(retry !== undefined && { retry }),
        ...(timeout !== undefined && { timeoutMs: millisecondsOf(timeout, `timeout of ${task.name}`) }),
        ...(requestId !== undefined && { requestId }),
      },
    };
  }

  /** Hands tasks to the backend in the way that belongs to the transaction of the work in hand. */
  async enqueue(tasks: readonly NewTask[]): Promise<readonly EnqueuedTask[]> {
    const { backend, database, outbox } = this.parts;
    if (backend.transactions === 'database') {
      if (tasks.length < 2 || transactionOf(database)) return backend.enqueue(tasks);
      return RequestContext.current() ? atomic(() => backend.enqueue(tasks), { database }) : backend.enqueue(tasks);
    }
    if (!transactionOf(database)) return backend.enqueue(tasks);
    if (backend.transactions === 'outbox') {
      await outbox.add(
        ...tasks.map((task) => ({
          id: task.id,
          channel: TASKS_CHANNEL,
          type: task.name,
          topic: task.queue,
          payload: JSON.stringify(task),
        })),
      );
    } else {
      onCommit(() => backend.enqueue(tasks), { database });
    }
    return tasks.map(({ id }) => ({ id, isNew: true }));
  }

  #delayOf({ countdown, eta }: Partial<ApplyOptions>): number {
    if (countdown !== undefined && eta !== undefined) {
      throw new InvalidTaskOptionError('A task is given countdown and eta.', 'Give one of them.');
    }
    if (countdown !== undefined) return millisecondsOf(countdown, 'countdown');
    if (eta === undefined) return 0;
    if (Number.isNaN(eta.getTime())) throw new InvalidTaskOptionError('eta is no instant.', 'Give a valid Date.');
    return Math.max(0, eta.getTime() - this.parts.clock.now().getTime());
  }
}
