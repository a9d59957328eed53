/** Counts the messages that a subscription has in hand. */
export class InHand {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
  }

  remove(): void {
    this.#count -= 1;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Resolves when one fewer is in hand, or after so many milliseconds. */
  async changed(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.add(resolve);
      timer = setTimeout(() => {
        this.#waiting.delete(resolve);
        resolve();
      }, timeoutMs);
    });
    clearTimeout(timer);
  }

  /** Resolves when none is in hand, or after so many milliseconds. */
  async emptied(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.#count > 0 && Date.now() < end) await this.changed(end - Date.now());
  }
}
