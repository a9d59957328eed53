/** What answers nothing when it is over, or the milliseconds after which it is to be done again. */
export type LaneWork = () => Promise<number | undefined | void>;

/**
 * Runs work of the same lane in the order in which it came, that of different lanes at once, and so much at a time. A lane
 * whose work is to be done again waits for it; the others do not.
 */
export class KeyLanes {
  readonly #lanes = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  readonly #pauses = new Map<NodeJS.Timeout, () => void>();
  #free: number;
  #isHurried = false;

  constructor(concurrency: number) {
    this.#free = concurrency;
  }

  /** `work` must not reject. */
  run(lane: string | undefined, work: LaneWork): Promise<void> {
    return lane === undefined ? this.#whenFree(work) : this.#inLane(lane, work);
  }

  /** Ends all waiting for work that is to be done again, now and from now on. */
  hurry(): void {
    this.#isHurried = true;
    for (const [timer, resolve] of this.#pauses) {
      clearTimeout(timer);
      resolve();
    }
    this.#pauses.clear();
  }

  async #inLane(lane: string, work: LaneWork): Promise<void> {
    const before = this.#lanes.get(lane);
    const run = before ? before.then(() => this.#whenFree(work)) : this.#whenFree(work);
    this.#lanes.set(lane, run);
    await run;
    if (this.#lanes.get(lane) === run) this.#lanes.delete(lane);
  }

  async #whenFree(work: LaneWork): Promise<void> {
    for (;;) {
      if (this.#free > 0) this.#free -= 1;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      let again: number | undefined | void;
      try {
        again = await work();
      } finally {
        const next = this.#waiting.shift();
        if (next) next();
        else this.#free += 1;
      }
      if (again === undefined) return;
      if (!this.#isHurried) await this.#pause(again);
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pauses.delete(timer);
        resolve();
      }, delayMs);
      this.#pauses.set(timer, resolve);
    });
  }
}
