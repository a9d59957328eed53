/** What decides which task comes first. */
export interface Ranked {
  readonly priority: number;
  readonly seq: number;
}

/** Ended tasks that are taken out together: one by one each would move all behind it. */
const MOST_GONE = 1000;

/** Tasks in the order in which they are given out: the highest priority first, of equal ones the one that came first. */
export class ClaimOrder<T extends Ranked> {
  readonly #gone = new Set<T>();
  #tasks: T[] = [];
  /** Where the first one stands that has not gone. */
  #head = 0;

  add(task: T): void {
    // It comes back before it was taken out.
    if (this.#gone.has(task)) this.#compact();
    const place = this.#placeOf(task);
    if (place === this.#tasks.length) this.#tasks.push(task);
    else this.#tasks.splice(place, 0, task);
  }

  remove(task: T): void {
    this.#gone.add(task);
    for (let first = this.#tasks[this.#head]; first && this.#gone.delete(first); first = this.#tasks[this.#head]) {
      this.#head += 1;
    }
    const gone = this.#gone.size + this.#head;
    if (gone > MOST_GONE && gone > this.#tasks.length / 2) this.#compact();
  }

  /** The first ones of which a condition holds. */
  first(limit: number, condition: (task: T) => boolean): readonly T[] {
    const found: T[] = [];
    for (let place = this.#head; place < this.#tasks.length && found.length < limit; place++) {
      const task = this.#tasks[place] as T;
      if (!this.#gone.has(task) && condition(task)) found.push(task);
    }
    return found;
  }

  /** Takes out what has gone. */
  #compact(): void {
    this.#tasks = this.#tasks.slice(this.#head).filter((task) => !this.#gone.has(task));
    this.#head = 0;
    this.#gone.clear();
  }

  /** Where it belongs. */
  #placeOf(task: Ranked): number {
    let [low, high] = [this.#head, this.#tasks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(this.#tasks[middle] as T, task) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function compare(one: Ranked, other: Ranked): number {
  return other.priority - one.priority || one.seq - other.seq;
}
