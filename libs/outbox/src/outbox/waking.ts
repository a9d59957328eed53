/** A pause that can be cut short; a call that comes while nobody pauses cuts the next one short. */
export class Waking {
  #called = false;
  #end: (() => void) | undefined;

  wake(): void {
    this.#called = true;
    this.#end?.();
  }

  async pause(milliseconds: number): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#end = undefined;
    this.#called = false;
  }
}
