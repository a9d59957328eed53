import { Injectable } from '@nestjs/common';

/** Lines that packages and applications add to the block which is printed once the application listens. */
@Injectable()
export class BootReportRegistry {
  readonly #lines = new Map<string, string>();

  /** Adds or replaces the line of `label`; the value must be free of secrets. */
  set(label: string, value: string): void {
    this.#lines.set(label, value);
  }

  get lines(): readonly (readonly [label: string, value: string])[] {
    return [...this.#lines];
  }
}
