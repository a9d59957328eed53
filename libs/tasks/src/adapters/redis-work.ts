import { setTimeout as pause } from 'node:timers/promises';
import { RunSignal } from '@core-framework/common';
import { Logger } from '@nestjs/common';
import { DelayedError, type QueueOptions, UnrecoverableError, Worker } from 'bullmq';
import type { NewTask, RunTask, TaskOutcome, TaskWork, WorkRequest } from '../backends/task-backend.js';
import { isSuspect, SUSPECT_DELAY_MS } from '../backends/suspects.js';
import { LeaseLostError, TaskCancelledError, WorkerShutdownError } from '../errors/run.errors.js';
import type { RedisCoordination } from './redis-coordination.js';
import type { RedisJob, TaskJobData } from './redis-job.js';
import type { RedisResults } from './redis-results.js';

/** Milliseconds that runs have to end after they were told to, when the worker shuts down. */
const LAST_GRACE_MS = 500;
/** Milliseconds after which a task is offered again that another worker knows: it is free soon, and so may this one be. */
const HANDOVER_MS = 300;
/** Milliseconds between two tries to tell a server what it did not take. */
const INSIST_MS = 250;
/** Over how many runs of a task BullMQ lets workers die; the framework gives it up earlier. */
const MOST_STALLED = 1000;

interface Run {
  readonly stop: RunSignal;
  readonly crashes: number;
  /** Has the job go back although its run goes on. */
  release: (() => void) | undefined;
}

/** What the worker needs beside its queues. */
export interface RedisWorkParts {
  readonly connection: Pick<QueueOptions, 'connection' | 'prefix'>;
  readonly coordination: RedisCoordination;
  /** Milliseconds for which jobs are kept that are done. */
  readonly resultTtlMs: number;
  /** Milliseconds for which jobs are kept that were given up. */
  readonly failedTtlMs: number;
  /** Keeps what tasks answer, where that is not with the job. */
  readonly results: RedisResults | undefined;
  /** Takes tasks that come of others. */
  readonly enqueue: (tasks: readonly NewTask[]) => Promise<unknown>;
  readonly cancel: (id: string) => Promise<unknown>;
}

/** Takes the jobs of some queues, with one worker of BullMQ per queue and a common number of runs. */
export class RedisTaskWork implements TaskWork {
  readonly #logger = new Logger('Tasks');
  readonly #workers: readonly Worker<TaskJobData, string | null>[];
  readonly #runs = new Map<string, Run>();
  readonly #waiting: (() => void)[] = [];
  readonly #looking: NodeJS.Timeout;
  #slots: number;
  #paused = false;
  #stopping = false;

  constructor(
    private readonly request: WorkRequest,
    private readonly run: RunTask,
    private readonly parts: RedisWorkParts,
  ) {
    const { concurrency, leaseMs, queues, rateLimit } = request;
    this.#slots = concurrency;
    this.#workers = queues.map((queue) => {
      const worker = new Worker<TaskJobData, string | null>(queue, (job, token) => this.#process(job, token), {
        ...parts.connection,
        concurrency,
        lockDuration: leaseMs,
        stalledInterval: Math.round(Math.max(250, Math.min(leaseMs / 3, 5000))),
        maxStalledCount: MOST_STALLED,
        removeOnComplete: { age: Math.ceil(parts.resultTtlMs / 1000) },
        removeOnFail: { age: Math.ceil(parts.failedTtlMs / 1000) },
        ...(rateLimit && { limiter: { max: rateLimit.max, duration: rateLimit.perMs } }),
      });
      worker.on('error', (error) => this.#logger.debug(error.message));
      worker.on('lockRenewalFailed', (ids) => this.#lost(ids));
      return worker;
    });
    this.#looking = setInterval(() => void this.#lookAround(), leaseMs / 3);
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
    await this.#sayNames();
  }

  get running(): number {
    return this.#runs.size;
  }

  pause(): void {
    this.#paused = true;
    for (const worker of this.#workers) void worker.pause(true);
  }

  resume(): void {
    this.#paused = false;
    for (const worker of this.#workers) void worker.resume();
  }

  /** Tells a run that its task was cancelled; `false` when it is not one of these. */
  cancel(id: string): boolean {
    const run = this.#runs.get(id);
    run?.stop.abort(new TaskCancelledError());
    return run !== undefined;
  }

  async drain(timeoutMs: number): Promise<number> {
    if (this.#stopping) return 0;
    this.#stopping = true;
    await Promise.all(this.#workers.map((worker) => worker.pause(true)));
    // Those that wait for a slot go back at once.
    for (const start of this.#waiting.splice(0)) start();
    await this.#idle(timeoutMs);
    for (const { stop } of this.#runs.values()) stop.abort(new WorkerShutdownError());
    await this.#idle(LAST_GRACE_MS);
    const left = [...this.#runs.values()];
    for (const { release } of left) release?.();
    await Promise.all(this.#workers.map((worker) => worker.close()));
    clearInterval(this.#looking);
    return left.length;
  }

  async #process(job: RedisJob, token: string | undefined): Promise<string | null> {
    const isWaiting = this.#slots === 0;
    if (!isWaiting) this.#slots -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      const outcome = await this.#outcomeOf(job, isWaiting);
      return await this.#settle(job, token, outcome);
    } finally {
      this.#free();
    }
  }

  async #outcomeOf(job: RedisJob, hasWaited: boolean): Promise<TaskOutcome> {
    const { data, name, queueName: queue, stalledCounter: crashes } = job;
    const id = job.id ?? '';
    // Of one that has just been taken for the first time whoever cancels it knows that it waits.
    if ((hasWaited || job.attemptsStarted > 1) && (await this.#isCancelled(id))) return { kind: 'cancelled' };
    if (this.#paused || this.#stopping) return RELEASED;
    // From here on without a pause: of suspects that come together one is run.
    if (isSuspect({ crashes }) && [...this.#runs.values()].some(isSuspect)) {
      return { kind: 'released', delayMs: SUSPECT_DELAY_MS };
    }
    const stop = new RunSignal();
    // Its lock ran out and it came back here: the run before counts no more.
    this.#runs.get(id)?.stop.abort(new LeaseLostError());
    const { args, headers, failures } = data;
    const run: Run = { stop, crashes, release: undefined };
    this.#runs.set(id, run);
    const outcome = await new Promise<TaskOutcome>((resolve) => {
      run.release = () => resolve(RELEASED);
      const delivery = {
        id,
        name,
        queue,
        args,
        headers,
        crashes,
        attempt: failures + 1,
        get signal() {
          return stop.signal;
        },
        report: (progress: string) => job.updateProgress(progress),
      };
      void this.run(delivery).then(resolve);
    });
    if (this.#runs.get(id) === run) this.#runs.delete(id);
    return this.#isForeign(name) ? this.#handedOver(job, outcome) : outcome;
  }

  /** Tells BullMQ what became of a job, in its own way: by what is returned or thrown. */
  async #settle(job: RedisJob, token: string | undefined, outcome: TaskOutcome): Promise<string | null> {
    switch (outcome.kind) {
      case 'succeeded':
        await this.#insist(() => this.#follow(job, outcome));
        return this.#answer(job, outcome.result);
      case 'cancelled':
        return null;
      case 'failed':
        throw new UnrecoverableError(outcome.error);
      case 'again': {
        const { error, countsAsAttempt, delayMs } = outcome;
        await job.updateData({ ...job.data, error, failures: job.data.failures + Number(countsAsAttempt) });
        return this.#later(job, token, delayMs);
      }
      case 'released':
        return this.#later(job, token, outcome.delayMs);
    }
  }

  /** Enqueues what comes of a success, before that is noted: a worker that dies in between does both again, to no effect. */
  async #follow(job: RedisJob, { result, next = [] }: Extract<TaskOutcome, { kind: 'succeeded' }>): Promise<void> {
    const { group } = job.data.headers;
    if (!group && next.length === 0) return;
    const { coordination, enqueue, cancel } = this.parts;
    const id = job.id ?? '';
    if (await coordination.cancelled(id)) return;
    const callback = group && (await coordination.endMember(group, result));
    const following = callback ? [...next, callback] : next;
    if (following.length === 0) return;
    await enqueue(following);
    if (callback && group) await coordination.closeGroup(group.id);
    // Whoever cancelled it meanwhile may have looked for what follows before that was there.
    if (await coordination.cancelled(id)) for (const task of following) await cancel(task.id);
  }

  async #answer({ id = '' }: RedisJob, result: string | undefined): Promise<string | null> {
    if (result === undefined || !this.parts.results) return result ?? null;
    try {
      await this.parts.results.keep(id, result);
      return null;
    } catch (error) {
      this.#logger.warn(`What ${id} answered is kept with its job: ${(error as Error).message}`);
      return result;
    }
  }

  /** The server may be away for a moment; a job whose end it does not learn within its lease is run again. */
  async #insist(say: () => Promise<void>): Promise<void> {
    const end = performance.now() + this.request.leaseMs;
    for (;;) {
      try {
        return await say();
      } catch (error) {
        this.#logger.debug((error as Error).message);
        // Told so, BullMQ leaves the job alone.
        if (performance.now() > end) throw new DelayedError();
        await pause(INSIST_MS);
      }
    }
  }

  async #isCancelled(id: string): Promise<boolean> {
    try {
      return (await this.parts.coordination.cancelled(id)) !== undefined;
    } catch {
      // The server is away: it is asked again while the task runs.
      return false;
    }
  }

  #isForeign(name: string): boolean {
    return !this.request.names().includes(name);
  }

  /** A job that this worker cannot run is offered again soon where another one can. */
  async #handedOver({ queueName, name }: RedisJob, outcome: TaskOutcome): Promise<TaskOutcome> {
    if (outcome.kind !== 'released' || !(await this.parts.coordination.isKnown(queueName, name))) return outcome;
    return { ...outcome, delayMs: Math.round(HANDOVER_MS * (0.5 + Math.random())) };
  }

  async #later(job: RedisJob, token: string | undefined, delayMs: number): Promise<never> {
    await job.moveToDelayed(Date.now() + delayMs, token);
    throw new DelayedError();
  }

  #free(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#slots += 1;
  }

  /** Lets others know what is taken here while it is. */
  async #sayNames(): Promise<void> {
    const { queues, names, leaseMs } = this.request;
    if (this.#stopping) return;
    for (const queue of queues) await this.parts.coordination.know(queue, names(), leaseMs);
  }

  async #lookAround(): Promise<void> {
    try {
      for (const id of await this.parts.coordination.cancelledOf([...this.#runs.keys()])) this.cancel(id);
      await this.#sayNames();
    } catch {
      // The server is away: it is asked again soon.
    }
  }

  #lost(ids: readonly string[]): void {
    const runs = ids.flatMap((id) => this.#runs.get(id) ?? []);
    for (const { stop } of runs) stop.abort(new LeaseLostError());
    if (runs.length === 0) return;
    this.#logger.warn(
      `${runs.length} tasks may have been given to other workers, because this one did not say in time that it is at work.`,
    );
  }

  async #idle(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (this.#runs.size > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(10, timeoutMs)));
    }
  }
}

const RELEASED: TaskOutcome = { kind: 'released', delayMs: 0 };
