import { InvalidInputException } from '@core-framework/common';

/** The related rows that one answer may still show because its client asked for them by `?expand=`. */
export class RowBudget {
  #spent = 0;

  constructor(private readonly limit: number) {}

  /** How many rows have to be read to know whether there are too many. */
  get readable(): number {
    return this.limit - this.#spent + 1;
  }

  /** @throws InvalidInputException when the answer would show more rows than it may. */
  spend(rows: number): void {
    this.#spent += rows;
    if (this.#spent <= this.limit) return;
    const message = `More than ${this.limit} related rows would be shown. Ask for fewer rows, or expand less.`;
    throw new InvalidInputException({ expand: [{ code: 'too_many_rows', message }] }, 'The query is not valid.');
  }
}
