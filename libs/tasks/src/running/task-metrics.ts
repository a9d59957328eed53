/** What can become of a run. */
export type TaskEvent =
  | 'succeeded'
  | 'failed'
  | 'retried'
  | 'cancelled'
  | 'quarantined'
  /** Runs that went on after their timeout. */
  | 'abandoned'
  /** Tasks that were offered and are not known here. */
  | 'unknown';

/** What the runs of a task came to in this process. */
export type TaskFigures = Readonly<Record<TaskEvent, number>> & {
  readonly running: number;
  readonly started: number;
  /** Milliseconds that its runs took in all. */
  readonly totalMs: number;
  /** Milliseconds that the longest one took. */
  readonly longestMs: number;
};

type Counted = { -readonly [K in keyof TaskFigures]: number };

/** Counts runs, for whoever shows them. */
export class TaskMetrics {
  readonly #figures = new Map<string, Counted>();

  /** The figures of each task that was offered here. */
  get figures(): ReadonlyMap<string, TaskFigures> {
    return this.#figures;
  }

  /** The figures of all tasks together. */
  get totals(): TaskFigures {
    const totals = { ...NOTHING };
    for (const figures of this.#figures.values()) {
      for (const [name, value] of Object.entries(figures) as [keyof Counted, number][]) {
        totals[name] = name === 'longestMs' ? Math.max(totals[name], value) : totals[name] + value;
      }
    }
    return totals;
  }

  count(task: string, event: TaskEvent): void {
    this.#of(task)[event] += 1;
  }

  /** Notes a run; to be called again when it has ended. */
  start(task: string): () => void {
    const figures = this.#of(task);
    const since = performance.now();
    figures.started += 1;
    figures.running += 1;
    return () => {
      const took = performance.now() - since;
      figures.running -= 1;
      figures.totalMs += took;
      figures.longestMs = Math.max(figures.longestMs, took);
    };
  }

  #of(task: string): Counted {
    let figures = this.#figures.get(task);
    if (!figures) this.#figures.set(task, (figures = { ...NOTHING }));
    return figures;
  }
}

const NOTHING: TaskFigures = {
  succeeded: 0,
  failed: 0,
  retried: 0,
  cancelled: 0,
  quarantined: 0,
  abandoned: 0,
  unknown: 0,
  running: 0,
  started: 0,
  totalMs: 0,
  longestMs: 0,
};
