import { ContextKey, RequestContext } from '@core-framework/common';
import { Logger } from '@nestjs/common';
import type { CompiledQuery, Kysely, QueryResult } from 'kysely';
import { runnerOf } from '../databases/statement-runner.js';
import { DatabaseUnreachableError } from '../errors/database.errors.js';

/** How long a replica that does not answer is left alone. */
const RETRY_AFTER_MS = 10_000;
/** What PostgreSQL and sockets say when the server goes away under a connection. */
const LOST = /^(?:08\w{3}|57P0[123]|ECONNRESET|ECONNREFUSED|EPIPE|PROTOCOL_CONNECTION_LOST)$/;

/** A copy of the database that only reads. */
export interface Replica {
  readonly description: string;
  readonly kysely: Kysely<unknown>;
}

/** The copies of a database, asked in turn; one that does not answer is passed over and tried again later. */
export class Replicas {
  readonly #written = new ContextKey<boolean>('orm:written');
  readonly #deadUntil = new Map<Replica, number>();
  readonly #logger = new Logger('Database');
  #next = 0;

  constructor(
    private readonly all: readonly Replica[],
    private readonly retryAfterMs = RETRY_AFTER_MS,
  ) {}

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
      if (!replica || (this.#deadUntil.get(replica) ?? 0) > performance.now()) continue;
      try {
        const result = await runnerOf(replica.kysely).run<R>(query);
        if (this.#deadUntil.delete(replica)) this.#logger.log(`The replica ${replica.description} answers again.`);
        return result;
      } catch (error) {
        if (!isLost(error)) throw error;
        this.#bury(replica);
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map(({ kysely }) => kysely.destroy()));
  }

  #bury(replica: Replica): void {
    if (!this.#deadUntil.has(replica)) {
      this.#logger.warn(
        `The replica ${replica.description} does not answer; others, or the primary, are read instead.`,
      );
    }
    this.#deadUntil.set(replica, performance.now() + this.retryAfterMs);
  }
}

function isLost(error: unknown): boolean {
  if (error instanceof DatabaseUnreachableError) return true;
  // pg gives no code to a connection that ends under a query.
  if (error instanceof Error && error.message.startsWith('Connection terminated')) return true;
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && LOST.test(code);
}
