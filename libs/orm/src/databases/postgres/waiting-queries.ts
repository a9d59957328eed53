import type { CompiledQuery } from 'kysely';
import { textOfValue } from './value-text.js';

/**
 * Queries that wait for a connection. Who asks with the same text and values meanwhile is given the same answer instead of
 * a connection: it is read after the last of them asked, so nobody sees less than a query of one's own would show. When
 * all connections are taken, a list that many ask for is counted once for all of them.
 */
export class WaitingQueries {
  readonly #answers = new Map<string, Promise<unknown>>();

  /** @param acquire waits for a connection; nobody joins once it has answered. */
  join<C, A>(query: CompiledQuery, acquire: () => Promise<C>, run: (connection: C) => Promise<A>): Promise<A> {
    const key = JSON.stringify([query.sql, ...query.parameters.map(textOfValue)]);
    const waiting = this.#answers.get(key);
    // The text tells what the answer looks like.
    if (waiting) return waiting as Promise<A>;
    const answer = acquire()
      .finally(() => this.#answers.delete(key))
      .then(run);
    this.#answers.set(key, answer);
    return answer;
  }
}
