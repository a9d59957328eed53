/** What was measured of a driver. */
export interface TaskFigures {
  /** Tasks per second, one after the other. */
  readonly enqueueOne: number;
  /** Tasks per second, 500 in a transaction or a call. */
  readonly enqueueMany: number;
  /** Tasks that do nothing per second, 50 at a time. */
  readonly process: number;
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
    p50: of('p50'),
    p99: of('p99'),
  };
}
