/**
 * The signal of a run, aborted by whoever gave it out or because its time is up. Most runs never ask for it, so it is made
 * when one does.
 */
export class RunSignal {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(private readonly outer: AbortSignal) {}

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    const controller = (this.#controller = new AbortController());
    const abort = () => controller.abort(this.#reason ?? this.outer.reason);
    if (this.#reason || this.outer.aborted) abort();
    else this.outer.addEventListener('abort', abort, { once: true });
    return controller.signal;
  }

  /** Aborts it, unless it was before. */
  abort(reason: Error): void {
    if (this.outer.aborted) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** Why it was aborted by {@link abort}. */
  get reason(): Error | undefined {
    return this.#reason;
  }
}
