import type { Operation } from './openapi-document.js';

const CALLERS = ['anonymous', 'signed in'] as const;
type Caller = (typeof CALLERS)[number];

/** Counts what a fuzz got for answers, so that one which was only refused can be told from one that reached the routes. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #reached = new Set<Operation>();

  constructor(private readonly operations: readonly Operation[]) {}

  note(operation: Operation, status: number, isSignedIn: boolean): void {
    const key = keyOf(status, isSignedIn ? 'signed in' : 'anonymous');
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    if (status < 300) this.#reached.add(operation);
  }

  /** Answers of a status, to all callers or to those of one kind. */
  count(status: number, caller?: Caller): number {
    const asked: readonly Caller[] = caller ? [caller] : CALLERS;
    return asked.reduce<number>((sum, one) => sum + (this.#counts.get(keyOf(status, one)) ?? 0), 0);
  }

  toString(): string {
    const counts = [...this.#counts].sort(([one], [other]) => one.localeCompare(other));
    const missed = this.operations.filter((operation) => !this.#reached.has(operation));
    return [
      ...counts.map(([key, count]) => `${key}: ${count}`),
      `${this.#reached.size} of ${this.operations.length} operations answered 2xx`,
      ...missed.map(({ method, path }) => `  never: ${method} ${path}`),
    ].join('\n');
  }
}

function keyOf(status: number, caller: Caller): string {
  return `${status} ${caller}`;
}
