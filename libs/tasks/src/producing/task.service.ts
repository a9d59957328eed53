import { randomUUID } from 'node:crypto';
import { type Clock, RequestContext } from '@core-framework/common';
import { atomic, Connections, type Database, onCommit, runInContext } from '@core-framework/orm';
import { type NewOutboxMessage, type Outbox, transactionOf } from '@core-framework/outbox';
import type { EnqueuedTask, NewTask, TaskBackend, TaskHeaders, TaskRecord } from '../backends/task-backend.js';
import { callbackId, callbackOf } from '../backends/group-callback.js';
import type { TaskDefaults, TaskDefinition } from '../definitions/task-definition.js';
import type { TaskRegistry } from '../definitions/task-registry.js';
import { checkPriority, checkQueueName } from '../definitions/task-options.js';
import { InvalidTaskOptionError, NoTasksModuleError, UnknownTaskError } from '../errors/tasks.errors.js';
import { millisecondsOf } from '../timing/duration.js';
import { ChainHandle } from './chain-handle.js';
import { chainOf, idsOfChain, type Steps, stepsOf } from './composing.js';
import { GroupHandle } from './group-handle.js';
import type { ApplyOptions } from './task-client.js';
import { TaskHandle } from './task-handle.js';
import { taskJson } from './task-json.js';
import type { TaskSignature } from './task-signature.js';

/** The channel of the outbox that carries tasks to a backend outside of the database. */
export const TASKS_CHANNEL = 'tasks';

/** Tasks that are handed to the outbox by one call: a call takes no more arguments than the stack has room for. */
const MOST_AT_ONCE = 5000;
/** Milliseconds for which the answers of a group's members are kept while others have not ended. */
const GROUP_KEPT_MS = 604_800_000;

/** The services of the applications that are open, by their databases. */
const services = new WeakMap<Connections, TaskService>();

/** What a list of signatures answers: that of the last one. */
type AnswerOf<S extends Steps> =
  S extends TaskSignature<infer R> ? R : S extends readonly [...unknown[], TaskSignature<infer R>] ? R : unknown;
type AnswersOf<M extends readonly Steps[]> = { -readonly [K in keyof M]: AnswerOf<M[K]> };

/** What the service needs. */
export interface TaskServiceParts {
  readonly backend: TaskBackend;
  readonly registry: TaskRegistry;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly defaults: TaskDefaults;
}

/** Enqueues tasks, and answers for them. */
export class TaskService {
  constructor(private readonly parts: TaskServiceParts) {
    services.set(parts.database.connections, this);
  }

  /**
   * The service of the application that the work in hand belongs to, else of the only one that is open.
   *
   * @throws NoTasksModuleError when that has none.
   */
  static current(): TaskService {
    const service = services.get(Connections.current());
    if (service) return service;
    throw new NoTasksModuleError();
  }

  get backend(): TaskBackend {
    return this.parts.backend;
  }

  /** What holds for tasks that do not say otherwise. */
  get defaults(): TaskDefaults {
    return this.parts.defaults;
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

  /**
   * Enqueues tasks of which each runs when the one before it has succeeded; `context.previous` is what that answered.
   * When one fails for good, those behind it are not run.
   *
   * @throws InvalidTaskOptionError also for tasks with a unique key
   */
  async chain<const S extends readonly [TaskSignature, ...TaskSignature[]]>(
    steps: S,
  ): Promise<ChainHandle<AnswerOf<S>>> {
    const first = chainOf(steps, this.#make);
    await this.enqueue([first]);
    return this.#chainHandle<AnswerOf<S>>(idsOfChain(first));
  }

  /**
   * Enqueues tasks, or chains of tasks, that run beside each other. When all have succeeded the callback is enqueued, once;
   * its `context.previous` is a list of what they answered, in the order in which they were given.
   *
   * @throws InvalidTaskOptionError also for tasks with a unique key
   */
  async group<const M extends readonly Steps[]>(members: M): Promise<GroupHandle<AnswersOf<M>>>;
  async group<const M extends readonly Steps[], const C extends Steps>(
    members: M,
    callback: C,
  ): Promise<GroupHandle<AnswerOf<C>>>;
  async group(members: readonly Steps[], callback?: Steps): Promise<GroupHandle> {
    const id = randomUUID();
    const end = callback === undefined ? undefined : chainOf(callback, this.#make);
    const longestMs = members.reduce((most, steps) => Math.max(most, this.#delayOfChain(steps)), 0);
    const keepMs = GROUP_KEPT_MS + longestMs;
    const tasks = members.map((steps, index) => {
      const group = end && { id, index, size: members.length, callback: withoutId(end), keepMs };
      return chainOf(steps, this.#make, group && { group });
    });
    await this.enqueue(end && tasks.length === 0 ? [callbackOf({ id, callback: withoutId(end) }, [])] : tasks);
    const last = end && idsOfChain({ id: callbackId(id), headers: end.headers });
    return new GroupHandle(
      id,
      tasks.map((task) => this.#chainHandle(idsOfChain(task))),
      last && this.#chainHandle(last),
    );
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
      return runInContext(() => atomic(() => backend.enqueue(tasks), { database }), { database });
    }
    if (!transactionOf(database)) return backend.enqueue(tasks);
    if (backend.transactions === 'outbox') {
      for (let from = 0; from < tasks.length; from += MOST_AT_ONCE) {
        await outbox.add(...tasks.slice(from, from + MOST_AT_ONCE).map((task) => messageOf(task)));
      }
    } else {
      onCommit(() => backend.enqueue(tasks), { database });
    }
    return tasks.map(({ id }) => ({ id, isNew: true }));
  }

  readonly #make = ({ task, args, options }: TaskSignature): NewTask => this.newTask(task, { ...options, args });

  #delayOfChain(steps: Steps): number {
    return stepsOf(steps).reduce(
      (sum, { options: { countdown = 0 } }) => sum + millisecondsOf(countdown, 'countdown'),
      0,
    );
  }

  #chainHandle<R>(ids: readonly string[]): ChainHandle<R> {
    return new ChainHandle<R>(ids.map((id) => this.handle(id)));
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

function messageOf(task: NewTask): NewOutboxMessage {
  return {
    id: task.id,
    channel: TASKS_CHANNEL,
    type: task.name,
    topic: task.queue,
    payload: JSON.stringify(task),
  };
}

function withoutId({ id: _id, ...task }: NewTask): Omit<NewTask, 'id'> {
  return task;
}
