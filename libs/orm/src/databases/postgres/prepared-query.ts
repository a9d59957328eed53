import type pg from 'pg';
import type { PreparedColumn } from './prepared-statements.js';
import { runMessages } from './run-messages.js';
import { textOfValue } from './value-text.js';

/** What a statement answered. */
export interface StatementAnswer {
  /** `SELECT`, `UPDATE`, `COMMIT`… */
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: unknown[];
}

/** A statement that the connection has prepared, with what it is run with now. */
interface Execution {
  /** The name under which the connection has it. */
  readonly name: string;
  readonly values: readonly unknown[];
  readonly columns: readonly PreparedColumn[];
  /** A `begin` that is sent along. */
  readonly begin?: string;
}

type Settle = (error: Error | undefined, answer?: StatementAnswer) => void;

/**
 * Runs a prepared statement by the messages that this takes, without asking for its columns again as `pg` does each time.
 *
 * A `begin` travels with the first statement of a transaction: one way to the server and back instead of two. Nothing
 * separates the two for PostgreSQL, which passes over the statement should `begin` fail: it never runs outside of the
 * transaction.
 */
export class PreparedQuery implements pg.Submittable {
  readonly #execution: Execution;
  readonly #messages: Buffer;
  readonly #settle: Settle;
  readonly #rows: unknown[] = [];
  #completion = '';
  #failure: Error | undefined;

  constructor(execution: Execution, settle: Settle) {
    this.#execution = execution;
    this.#messages = runMessages(execution.name, execution.values.map(textOfValue));
    this.#settle = settle;
  }

  submit(connection: pg.Connection): void {
    const { begin } = this.#execution;
    if (begin === undefined) {
      connection.stream.write(this.#messages);
      return;
    }
    connection.stream.cork();
    try {
      connection.parse({ name: '', text: begin, types: [] }, true);
      connection.bind({}, true);
      connection.execute(null, true);
      connection.stream.write(this.#messages);
    } finally {
      connection.stream.uncork();
    }
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    try {
      this.#rows.push(this.#rowOf(fields));
    } catch (error) {
      // What a column holds could not be read; the connection must be read to its end all the same.
      this.#failure ??= error as Error;
    }
  }

  /** Comes for `begin` first when that was sent along; the last one counts. */
  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#completion = text;
  }

  handleEmptyQuery(): void {}

  handleError(error: Error): void {
    this.#settle(error);
  }

  handleReadyForQuery(): void {
    if (this.#failure) this.#settle(this.#failure);
    else this.#settle(undefined, { ...completionOf(this.#completion), rows: this.#rows });
  }

  #rowOf(fields: readonly (string | null)[]): Record<string, unknown> {
    const { columns } = this.#execution;
    const row: Record<string, unknown> = {};
    for (let index = 0; index < columns.length; index++) {
      const { name, parse } = columns[index] as PreparedColumn;
      const text = fields[index] as string | null;
      row[name] = text === null ? null : parse(text);
    }
    return row;
  }
}

/** `UPDATE 3`, `INSERT 0 3`, `COMMIT` */
function completionOf(text: string): Pick<StatementAnswer, 'command' | 'rowCount'> {
  const first = text.indexOf(' ');
  if (first < 0) return { command: text, rowCount: null };
  return { command: text.slice(0, first), rowCount: Number(text.slice(text.lastIndexOf(' ') + 1)) };
}
