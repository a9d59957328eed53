/** What was measured of a driver. */
export interface TaskFigures {
  /** Tasks per second, one after the other. */
  readonly enqueueOne: number;
  /** Tasks per second, 500 in a transaction or a call. */
  readonly enqueueMany: number;
  /** Tasks that do nothing per second, 50 at a time. */
  readonly process: number;
  /** Processor time of this process for each of them, in microseconds; other load on the machine changes it little. */
  readonly cpu: number;
  /** Milliseconds from the call that enqueues a task until it runs, of a worker that has nothing else to do. */
  readonly p50: number;
  readonly p99: number;
}

/** How much of each is measured. */
export const LOAD = { tasks: 20_000, concurrency: 50, one: 1000, batch: 500, latencies: 400, warmUp: 50 } as const;

/** How many per second. */
export async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (count * 1000) / (performance.now() - since);
}

/** Times work that has begun, from the first task that is run on: the start of the worker is not meant. */
export class ProcessingTime {
  readonly #all = Promise.withResolvers<void>();
  #since = 0;
  #cpu = process.cpuUsage();
  #count = 0;

  /** To be called for each task. */
  tick(): void {
    this.#count += 1;
    if (this.#count === 1) {
      this.#since = performance.now();
      this.#cpu = process.cpuUsage();
    }
    if (this.#count === LOAD.tasks) this.#all.resolve();
  }

  /** Resolves when all have been run, and what has to be noted of them has been. */
  async end(noted: () => Promise<void> = async () => undefined): Promise<Pick<TaskFigures, 'process' | 'cpu'>> {
    await this.#all.promise;
    await noted();
    const { user, system } = process.cpuUsage(this.#cpu);
    const seconds = (performance.now() - this.#since) / 1000;
    return { process: LOAD.tasks / seconds, cpu: (user + system) / LOAD.tasks };
  }
}

/** The value below which that part of the samples is. */
export function percentile(samples: readonly number[], part: number): number {
  return samples.toSorted((a, b) => a - b)[Math.min(samples.length - 1, Math.floor(samples.length * part))] ?? 0;
}

/** Of each figure the one in the middle. */
export function median(rounds: readonly TaskFigures[]): TaskFigures {
  const of = (key: keyof TaskFigures) =>
    percentile(
      rounds.map((round) => round[key]),
      0.5,
    );
  return {
    enqueueOne: of('enqueueOne'),
    enqueueMany: of('enqueueMany'),
    process: of('process'),
    cpu: of('cpu'),
    p50: of('p50'),
    p99: of('p99'),
  };
}
