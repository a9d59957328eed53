import { ServiceUnavailableException } from '@core-framework/common';

/** Lets a few hashes be made at a time and a few wait, so that whoever sends passwords cannot take the machine. */
export class HashingQueue {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(
    private readonly concurrency: number,
    private readonly longest: number,
  ) {}

  /** @throws ServiceUnavailableException when too many wait already. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever waited longest takes the place over.
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.concurrency) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.longest) {
      throw new ServiceUnavailableException('Too many sign-ins at once. Try again in a moment.', {
        code: 'hashing_busy',
        headers: { 'retry-after': '1' },
      });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
