import { applyDecorators, Injectable } from '@nestjs/common';
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
  call(seeder: DatabaseSeeder): Promise<void>;
}

/** Fills the database with data to start from; see {@link Seeder}. */
export interface DatabaseSeeder {
  run(context: SeederContext): Promise<void>;
}

/** A class of seeders. */
export type SeederClass = abstract new (...dependencies: never[]) => DatabaseSeeder;

/** Options of {@link Seeder}. */
export interface SeederOptions {
  /** What it is asked for by, besides the class's name. @defaultValue the class's name without `Seeder` */
  readonly name?: string;
  /** Seeders whose rows this one needs: they run before it where both are asked for. @defaultValue [] */
  readonly dependsOn?: readonly SeederClass[];
}

const SEEDER = Symbol.for('@core-framework/orm:seeder');

/**
 * Makes a class a seeder that `SeederService` finds among the providers of the application.
 *
 * @example
 * ```ts
 * @Seeder({ dependsOn: [UserSeeder] })
 * export class PostSeeder implements DatabaseSeeder {
 *   async run({ count = 50 }: SeederContext) {
 *     await PostFactory.createMany(count);
 *   }
 * }
 * ```
 */
export function Seeder(options: SeederOptions = {}): <C extends SeederClass>(target: C) => void {
  return applyDecorators(Injectable(), (target: object) => {
    Object.defineProperty(target, SEEDER, { value: Object.freeze({ ...options }) });
  });
}

/** What a class says of itself as a seeder; `undefined` when it is none. */
export function seederOptionsOf(type: unknown): SeederOptions | undefined {
  return typeof type === 'function' && Object.hasOwn(type, SEEDER)
    ? (Reflect.get(type, SEEDER) as SeederOptions)
    : undefined;
}

/** Options of {@link runSeeders}. */
export interface SeedOptions {
  readonly count?: number;
  /** Makes {@link SeederContext.faker} give the same values in every run. */
  readonly seed?: number;
  /** The database, where several are open. */
  readonly database?: Database;
}

/** Runs seeders in order and in one transaction: all of them or, when one fails, none. */
export async function runSeeders(seeders: readonly DatabaseSeeder[], options: SeedOptions = {}): Promise<void> {
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
