import type { CompiledQuery } from 'kysely';
import { codeOf } from '../foreign-error.js';

/** A compiled query that PostgreSQL may keep planned under a name, once per connection. */
export interface NamedQuery extends CompiledQuery {
  /** Unique for the text; at most 40 characters, so that a retry's suffix fits into PostgreSQL's 63. */
  readonly statementName?: string;
  /** Whether all who wait for a connection with it may be given one answer. */
  readonly isShared?: boolean;
  /** Whether those who watch what is sent are not told: it is no statement of the application. */
  readonly isSilent?: boolean;
}

/** A column that a prepared statement answers. */
export interface PreparedColumn {
  readonly name: string;
  /** Makes a value of the text that the server sends. */
  readonly parse: (text: string) => unknown;
}

/** "cached plan must not change result type", and a name that the server no longer knows. */
const STALE_PLAN = new Set(['0A000', '26000']);

/** Names of statements by connection; a name whose plan went stale is replaced for good. */
export class PreparedStatements {
  readonly #renamed = new Map<string, number>();
  readonly #columns = new Map<string, readonly PreparedColumn[]>();

  nameOf(name: string): string {
    const generation = this.#renamed.get(name);
    return generation === undefined ? name : `${name}~${generation}`;
  }

  /** What the statement of that name answers; `undefined` when none has run under it. */
  columnsOf(name: string): readonly PreparedColumn[] | undefined {
    return this.#columns.get(name);
  }

  add(name: string, columns: readonly PreparedColumn[]): void {
    this.#columns.set(name, columns);
  }

  /** Makes the next {@link nameOf} answer a name that the server has not seen. */
  retire(name: string): void {
    this.#columns.delete(this.nameOf(name));
    this.#renamed.set(name, (this.#renamed.get(name) ?? 0) + 1);
  }
}

/** Whether the error says that a plan was made before the tables changed. */
export function isStalePlan(error: unknown): boolean {
  return STALE_PLAN.has(codeOf(error) ?? '');
}
