/** What decides which task comes first. */
export interface Ranked {
  readonly priority: number;
  readonly seq: number;
}

/** Tasks in the order in which they are given out: the highest priority first, of equal ones the one that came first. */
export class ClaimOrder<T extends Ranked> {
  readonly #tasks: T[] = [];

  add(task: T): void {
    this.#tasks.splice(this.#placeOf(task), 0, task);
  }

  remove(task: T): void {
    const place = this.#placeOf(task);
    if (this.#tasks[place] === task) this.#tasks.splice(place, 1);
  }

  /** The first ones of which a condition holds. */
  first(limit: number, condition: (task: T) => boolean): readonly T[] {
    const found: T[] = [];
    for (const task of this.#tasks) {
      if (found.length >= limit) break;
      if (condition(task)) found.push(task);
    }
    return found;
  }

  /** Where it stands, or would. */
  #placeOf(task: Ranked): number {
    let [low, high] = [0, this.#tasks.length];
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
