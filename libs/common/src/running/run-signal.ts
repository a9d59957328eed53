/**
 * The signal of a run. Most runs never ask for it, so it is made when one does: it costs more than all else that a run
 * needs.
 */
export class RunSignal {
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  /** @param outer a signal whose end is also the end of this one. */
  constructor(private readonly outer?: { readonly signal: AbortSignal }) {}

  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    const controller = (this.#controller = new AbortController());
    const outer = this.outer?.signal;
    if (this.#reason) controller.abort(this.#reason);
    else if (outer?.aborted) controller.abort(outer.reason);
    else outer?.addEventListener('abort', () => controller.abort(outer.reason), { once: true });
    return controller.signal;
  }

  /** Aborts it, unless it was before. */
  abort(reason: Error): void {
    if (this.#reason || this.outer?.signal.aborted) return;
    this.#reason = reason;
    this.#controller?.abort(reason);
  }

  /** Why it was aborted by {@link abort}. */
  get reason(): Error | undefined {
    return this.#reason;
  }
}
