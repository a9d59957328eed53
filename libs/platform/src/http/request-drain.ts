import type { ServerResponse } from 'node:http';

/** Counts the requests in work and tells when the last one is answered. */
export class RequestDrain {
  #inWork = 0;
  #draining = false;
  #whenEmpty?: () => void;

  /** Whether the application is shutting down and takes no new work. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Counts a request until its answer is sent or its client gone, and calls `left` then. */
  enter(response: ServerResponse, left: () => void): void {
    this.#inWork++;
    // `close` and not `finish`: it also comes when the client goes away.
    response.once('close', () => {
      if (--this.#inWork === 0) this.#whenEmpty?.();
      left();
    });
  }

  /** Refuses new work from now on and waits for what is in work, at most `timeout` milliseconds. */
  async drain(timeout: number): Promise<'drained' | 'timed out'> {
    this.#draining = true;
    if (this.#inWork === 0) return 'drained';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'timed out'>((resolve) => {
      timer = setTimeout(() => resolve('timed out'), timeout);
    });
    const done = new Promise<'drained'>((resolve) => {
      this.#whenEmpty = () => resolve('drained');
    });
    return Promise.race([done, late]).finally(() => clearTimeout(timer));
  }
}
