import type { Faker } from '@faker-js/faker';
import { Database } from '../context/database.js';
import { runInContext } from '../context/run-in-context.js';
import { atomic } from '../transactions/atomic.js';
import { createFaker } from './faker.js';

/** What a seeder is told. */
export interface SeederContext {
  /** How many rows are asked for; seeders choose a number of their own without it. */
  readonly count?: number;
  /** Invents values; the same ones in every run when a seed was given. */
  faker(): Promise<Faker>;
  /** Runs another seeder in the same transaction. */
  call(seeder: Seeder): Promise<void>;
}

/** Fills the database with data to start from. Runs in a unit of work and a transaction of its own. */
export abstract class Seeder {
  abstract run(context: SeederContext): Promise<void>;
}

/** Options of {@link runSeeders}. */
export interface SeedOptions {
  readonly count?: number;
  /** Makes {@link SeederContext.faker} give the same values in every run. */
  readonly seed?: number;
  /** The database, where several are open. */
  readonly database?: Database;
}

/** Runs seeders in order, all of them or, when one fails, none. */
export async function runSeeders(seeders: readonly Seeder[], options: SeedOptions = {}): Promise<void> {
  const { count, seed, database = Database.current() } = options;
  let faker: Promise<Faker> | undefined;
  const context: SeederContext = {
    count,
    faker: () => (faker ??= createFaker(seed)),
    call: (seeder) => seeder.run(context),
  };
  const runAll = async () => {
    for (const seeder of seeders) await seeder.run(context);
  };
  await runInContext(() => atomic(runAll, { database }), { database });
}
