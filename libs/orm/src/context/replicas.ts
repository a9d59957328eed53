import { ContextKey, RequestContext } from '@core-framework/common';
import { Logger } from '@nestjs/common';
import type { CompiledQuery, Kysely, QueryResult } from 'kysely';
import { runnerOf } from '../databases/statement-runner.js';
import { DatabaseConnectionLostError, DatabaseUnreachableError } from '../errors/database.errors.js';
import { timezone } from '../time/timezone.js';

/** How long a replica that does not answer is left alone. */
const RETRY_AFTER_MS = 10_000;

/** A copy of the database that only reads. */
export interface Replica {
  readonly description: string;
  readonly kysely: Kysely<unknown>;
}

/** The copies of a database, asked in turn; one that does not answer is passed over and tried again later. */
export class Replicas {
  readonly #written = new ContextKey<boolean>('orm:written');
  /** When those that do not answer were last asked. */
  readonly #deadSince = new Map<Replica, number>();
  readonly #logger = new Logger('Database');
  #next = 0;

  constructor(private readonly all: readonly Replica[]) {}

  /** Whether the work in hand may read what is a little old: not once it has written something. */
  get mayServe(): boolean {
    return RequestContext.current()?.get(this.#written) !== true;
  }

  /** Lets the rest of the work in hand read from the primary, so that it sees what it wrote. */
  noteWrite(): void {
    RequestContext.current()?.set(this.#written, true);
  }

  /** Runs a query on the next replica that answers; `undefined` when none does. */
  async run<R>(query: CompiledQuery): Promise<QueryResult<R> | undefined> {
    const start = this.#next++;
    for (let index = 0; index < this.all.length; index++) {
      const replica = this.all[(start + index) % this.all.length];
      if (!replica || !this.#mayAsk(replica)) continue;
      try {
        const result = await runnerOf(replica.kysely).run<R>(query);
        if (this.#deadSince.delete(replica)) this.#logger.log(`The replica ${replica.description} answers again.`);
        return result;
      } catch (error) {
        const isGone = error instanceof DatabaseUnreachableError || error instanceof DatabaseConnectionLostError;
        if (!isGone) throw error;
        this.#bury(replica);
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ kysely }) => kysely.destroy()));
  }

  /** One query at a time finds out whether a replica is back; the others do not wait for that. */
  #mayAsk(replica: Replica): boolean {
    const since = this.#deadSince.get(replica);
    if (since === undefined) return true;
    const now = timezone.now().getTime();
    // A clock that was set back must not keep it out for longer.
    if (now >= since && now < since + RETRY_AFTER_MS) return false;
    this.#deadSince.set(replica, now);
    return true;
  }

  #bury(replica: Replica): void {
    if (!this.#deadSince.has(replica)) {
      this.#logger.warn(
        `The replica ${replica.description} does not answer; others, or the primary, are read instead.`,
      );
    }
    this.#deadSince.set(replica, timezone.now().getTime());
  }
}
