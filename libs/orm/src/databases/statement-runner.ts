import type { CompiledQuery, Kysely, QueryResult } from 'kysely';

/** Runs single statements outside of transactions. */
export interface StatementRunner {
  run<R>(query: CompiledQuery): Promise<QueryResult<R>>;
}

const runners = new WeakMap<Kysely<unknown>, StatementRunner>();

/** The shortest way to the database behind a Kysely: that of its dialect when it offers one, else Kysely's own. */
export function runnerOf(kysely: Kysely<unknown>): StatementRunner {
  const known = runners.get(kysely);
  if (known) return known;
  const adapter: object = kysely.getExecutor().adapter;
  const runner: StatementRunner = offersRunner(adapter)
    ? adapter
    : { run: <R>(query: CompiledQuery) => kysely.executeQuery<R>(query) };
  runners.set(kysely, runner);
  return runner;
}

function offersRunner(adapter: object): adapter is StatementRunner {
  return 'run' in adapter && typeof adapter.run === 'function';
}
