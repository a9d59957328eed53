import { Waking } from '@core-framework/outbox';
import { RunSignal } from '@core-framework/common';
import { Logger } from '@nestjs/common';
import { LeaseLostError, TaskCancelledError, WorkerShutdownError } from '../../errors/run.errors.js';
import type { RunTask, TaskOutcome, TaskWork, WorkRequest } from '../task-backend.js';
import { isSuspect, SUSPECT_DELAY_MS } from '../suspects.js';
import { Settler } from './settler.js';
import type { ClaimedTask, TaskStore } from './task-store.js';

/** First pause after work, in milliseconds; the next ones are longer. */
const SHORTEST_PAUSE_MS = 50;
/** Milliseconds that runs have to end after they were told to, when the worker shuts down. */
const LAST_GRACE_MS = 500;

/** How a worker pulls. */
export interface PullingOptions {
  /** Longest time in milliseconds until a task is seen that another process enqueued. */
  readonly pollMs: number;
}

interface Run<C> {
  readonly claim: C;
  readonly stop: RunSignal;
}

/**
 * Pulls tasks out of a store: as many at a time as there is room for, and what became of those that end together is told
 * together, so that the statements per task become fewer the more there is to do.
 */
export class PullingWork<C extends ClaimedTask> implements TaskWork {
  readonly #runs = new Map<string, Run<C>>();
  readonly #waking = new Waking();
  readonly #logger = new Logger('Tasks');
  readonly #settler: Settler<C>;
  readonly #keeping: NodeJS.Timeout;
  readonly #working: Promise<void>;
  #alarm: NodeJS.Timeout | undefined;
  #alarmAt = Number.POSITIVE_INFINITY;
  #paused = false;
  #stopping = false;
  #isAway = false;
  #turn = 0;

  constructor(
    private readonly store: TaskStore<C>,
    private readonly request: WorkRequest,
    private readonly run: RunTask,
    private readonly options: PullingOptions,
  ) {
    this.#settler = new Settler(store, {
      leaseMs: request.leaseMs,
      onSettled: () => this.#waking.wake(),
      onLost: (count) => this.#warnOfLost(count),
    });
    this.#keeping = setInterval(() => void this.#keep(), request.leaseMs / 3);
    this.#working = this.#work();
  }

  get running(): number {
    return this.#runs.size;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  /** Has it look at once, or after so many milliseconds. */
  wake(delayMs = 0): void {
    if (delayMs <= 0) return this.#waking.wake();
    const at = performance.now() + delayMs;
    // Whatever is due later than the next look is found by that; who ends looks no more.
    if (this.#stopping || delayMs > this.options.pollMs || at >= this.#alarmAt) return;
    clearTimeout(this.#alarm);
    this.#alarmAt = at;
    this.#alarm = setTimeout(() => {
      this.#alarmAt = Number.POSITIVE_INFINITY;
      this.#waking.wake();
    }, delayMs + 1);
  }

  /** Tells a run that its task was cancelled; `false` when it is not one of these. */
  cancel(id: string): boolean {
    const run = this.#runs.get(id);
    run?.stop.abort(new TaskCancelledError());
    return run !== undefined;
  }

  async drain(timeoutMs: number): Promise<number> {
    this.#stopping = true;
    this.#waking.wake();
    await this.#working;
    clearTimeout(this.#alarm);
    await this.#idle(timeoutMs);
    for (const { stop } of this.#runs.values()) stop.abort(new WorkerShutdownError());
    await this.#idle(LAST_GRACE_MS);
    const left = [...this.#runs.values()];
    this.#runs.clear();
    for (const { claim } of left) this.#settler.add(claim, { kind: 'released', delayMs: 0 });
    await this.#settler.idle();
    clearInterval(this.#keeping);
    return left.length;
  }

  async #work(): Promise<void> {
    let pause = SHORTEST_PAUSE_MS;
    while (!this.#stopping) {
      const claimed = await this.#pull();
      pause = claimed > 0 ? SHORTEST_PAUSE_MS : Math.min(pause * 2, this.options.pollMs);
      if (this.#stopping) return;
      // What ends together makes room together.
      if (claimed > 0 && this.#room > 0) await new Promise(setImmediate);
      else await this.#waking.pause(Math.min(pause, this.options.pollMs));
    }
  }

  /** Whoever ends faster than that can be told gets no more until it was. */
  get #room(): number {
    if (this.#paused || this.#settler.size > 2 * this.request.concurrency) return 0;
    return this.request.concurrency - this.#runs.size;
  }

  async #pull(): Promise<number> {
    const { queues, names, leaseMs, rateLimit } = this.request;
    let claimed = 0;
    try {
      for (let index = 0; index < queues.length && this.#room > 0 && !this.#stopping; index++) {
        const queue = queues[(this.#turn + index) % queues.length] as string;
        const claims = await this.store.claim({ queue, names: names(), limit: this.#room, leaseMs, rateLimit });
        for (const claim of claims) this.#take(claim);
        claimed += claims.length;
      }
      this.#turn += 1;
      if (this.#isAway) this.#logger.log('Tasks can be taken again.');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) this.#logger.warn(`No tasks can be taken: ${(error as Error).message}`);
      this.#isAway = true;
    }
    return claimed;
  }

  /** What was asked for before it was told to take nothing more goes back. */
  #take(claim: C): void {
    const delayMs = isSuspect(claim) && this.#hasSuspect ? SUSPECT_DELAY_MS : 0;
    if (delayMs === 0 && !this.#paused && !this.#stopping) void this.#start(claim);
    else {
      this.#settler.add(claim, { kind: 'released', delayMs });
      this.wake(delayMs);
    }
  }

  get #hasSuspect(): boolean {
    return [...this.#runs.values()].some(({ claim }) => isSuspect(claim));
  }

  async #start(claim: C): Promise<void> {
    // Its lease ran out and it came back here: the run before counts no more.
    this.#runs.get(claim.id)?.stop.abort(new LeaseLostError());
    const run = { claim, stop: new RunSignal() };
    this.#runs.set(claim.id, run);
    const outcome = await this.#outcomeOf(run);
    if (this.#runs.get(claim.id) !== run) return;
    this.#runs.delete(claim.id);
    this.#settler.add(claim, outcome);
    this.wake(delayOf(outcome));
    this.#waking.wake();
  }

  #outcomeOf({ claim, stop }: Run<C>): Promise<TaskOutcome> {
    if (claim.isCancelled) return Promise.resolve({ kind: 'cancelled' });
    const { id, name, queue, args, headers, attempt, crashes } = claim;
    return this.run({
      id,
      name,
      queue,
      args,
      headers,
      attempt,
      crashes,
      get signal() {
        return stop.signal;
      },
      report: (progress) => this.store.report(claim, progress),
    });
  }

  async #keep(): Promise<void> {
    const runs = [...this.#runs.values()];
    if (runs.length === 0) return;
    try {
      const { lost, cancelled } = await this.store.extend(
        runs.map(({ claim }) => claim),
        this.request.leaseMs,
      );
      for (const { id } of cancelled) this.cancel(id);
      const gone = lost.filter((claim) => this.#runs.get(claim.id)?.claim === claim);
      for (const { id } of gone) {
        this.#runs.get(id)?.stop.abort(new LeaseLostError());
        this.#runs.delete(id);
      }
      if (gone.length > 0) this.#warnOfLost(gone.length);
    } catch (error) {
      this.#logger.warn(`Tasks in work could not be kept: ${(error as Error).message}`);
    }
  }

  #warnOfLost(count: number): void {
    this.#logger.warn(
      `${count} tasks were given to other workers, because this one did not say in time that it is at work. ` +
        'What became of them here does not count.',
    );
  }

  async #idle(timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    while (this.#runs.size > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(10, timeoutMs)));
    }
  }
}

function delayOf(outcome: TaskOutcome): number {
  return outcome.kind === 'again' || outcome.kind === 'released' ? outcome.delayMs : 0;
}
