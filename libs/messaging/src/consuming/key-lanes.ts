/** Runs work of the same lane in the order in which it came, that of different lanes at once, and so much at a time. */
export class KeyLanes {
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(concurrency: number) {
    this.#free = concurrency;
  }

  /** `work` must not reject. */
  run(lane: string | undefined, work: () => Promise<void>): Promise<void> {
    return lane === undefined ? this.#whenFree(work) : this.#inLane(lane, work);
  }

  async #inLane(lane: string, work: () => Promise<void>): Promise<void> {
    const before = this.#lanes.get(lane);
    const run = before ? before.then(() => this.#whenFree(work)) : this.#whenFree(work);
    this.#lanes.set(lane, run);
    await run;
    if (this.#lanes.get(lane) === run) this.#lanes.delete(lane);
  }

  async #whenFree(work: () => Promise<void>): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
