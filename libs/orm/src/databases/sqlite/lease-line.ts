import { DatabaseBusyError } from '../../errors/database.errors.js';

/** How long a query or a transaction waits for its turn before it fails. */
export const PATIENCE_MS = 5000;

/** What a {@link LeaseLine} hands out, and what its waiters are told when their patience ends. */
export interface LeaseLineOptions<T> {
  readonly create: () => T;
  readonly max: number;
  /** Completes "Waited 5000 ms for ...". */
  readonly waitedFor: string;
  readonly fix: string;
  /** @defaultValue {@link PATIENCE_MS} */
  readonly patience?: number;
}

interface Waiter<T> {
  readonly take: (item: T) => void;
}

/** Lends things to one holder at a time, first come first served; makes them when they are first needed. */
export class LeaseLine<T> {
  readonly #options: LeaseLineOptions<T>;
  readonly #all: T[] = [];
  readonly #idle: T[] = [];
  readonly #waiters = new Set<Waiter<T>>();

  constructor(options: LeaseLineOptions<T>) {
    this.#options = options;
  }

  /** Everything made so far, lent out or not. */
  get all(): readonly T[] {
    return this.#all;
  }

  /** Takes one without waiting, or nothing. Whoever waits already goes first. */
  tryAcquire(): T | undefined {
    if (this.#waiters.size > 0) return undefined;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.length >= this.#options.max) return undefined;
    const made = this.#options.create();
    this.#all.push(made);
    return made;
  }

  /** @throws {DatabaseBusyError} when none was given back in time. */
  async acquire(): Promise<T> {
    return this.tryAcquire() ?? (await this.#wait());
  }

  release(item: T): void {
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      waiter.take(item);
      return;
    }
    this.#idle.push(item);
  }

  #wait(): Promise<T> {
    const { patience = PATIENCE_MS, waitedFor, fix } = this.#options;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new DatabaseBusyError(waitedFor, patience, fix));
      }, patience);
      const waiter: Waiter<T> = {
        take: (item) => {
          clearTimeout(timer);
          resolve(item);
        },
      };
      this.#waiters.add(waiter);
    });
  }
}
