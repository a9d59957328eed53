import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Database } from '../context/database.js';
import { DATABASE } from '../core-orm.tokens.js';
import { SeederOrderError, UnknownSeederError } from '../errors/seeding.errors.js';
import { type DatabaseSeeder, runSeeders, seederOptionsOf, type SeedOptions } from './seeder.js';

/** A seeder that the application provides. */
interface Found {
  readonly type: object;
  readonly name: string;
  readonly className: string;
  readonly dependsOn: readonly object[];
  readonly instance: DatabaseSeeder;
}

/** Options of {@link SeederService}'s `run`. */
export interface SeederRunOptions extends Omit<SeedOptions, 'database'> {
  /** The connection whose transaction the seeders run in; their models' rows go where those belong. @defaultValue 'default' */
  readonly connection?: string;
  /** Told the name of each seeder before it begins. */
  readonly onSeeder?: (name: string) => void;
}

/** Finds the classes with `@Seeder` among the application's providers and runs them. */
@Injectable()
export class SeederService {
  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(DATABASE) private readonly database: Database,
  ) {}

  /** The names of all seeders, in the order in which they run. */
  names(): string[] {
    return this.#sorted().map(({ name }) => name);
  }

  /**
   * Runs the named seeders, or all, each after those that it depends on, in one transaction.
   *
   * @param names as `@Seeder` gives them or of the classes: `User`, `UserSeeder`.
   * @throws UnknownDatabaseError when no connection of the name is open.
   * @throws UnknownSeederError when there is none of a name.
   * @throws SeederOrderError when seeders depend on each other in a circle.
   */
  async run(names?: readonly string[], { connection, onSeeder, ...options }: SeederRunOptions = {}): Promise<void> {
    const all = this.#sorted();
    for (const name of names ?? []) {
      if (!all.some((seeder) => answersTo(seeder, name))) {
        throw new UnknownSeederError(
          typeof name === 'string' ? name : typeof name,
          all.map((seeder) => seeder.name),
        );
      }
    }
    const chosen = names ? all.filter((seeder) => names.some((name) => answersTo(seeder, name))) : all;
    await runSeeders(
      chosen.map(({ instance, name }) => told(instance, () => onSeeder?.(name))),
      { ...options, database: connection === undefined ? this.database : this.database.connections.get(connection) },
    );
  }

  #sorted(): Found[] {
    const found = this.#found();
    const sorted = new Set<Found>();
    const visit = (seeder: Found, above: readonly Found[]) => {
      if (above.includes(seeder)) throw new SeederOrderError([...above, seeder].map(({ className }) => className));
      for (const type of seeder.dependsOn) {
        const other = found.find((candidate) => candidate.type === type);
        if (other) visit(other, [...above, seeder]);
      }
      sorted.add(seeder);
    };
    for (const seeder of found) visit(seeder, []);
    return [...sorted];
  }

  #found(): Found[] {
    const byType = new Map<object, Found>();
    for (const { providers } of this.modules.values()) {
      for (const { instance, metatype: type } of providers.values()) {
        const options = seederOptionsOf(type);
        if (!options || !type || !isSeeder(instance)) continue;
        const { name = type.name.replace(/Seeder$/, ''), dependsOn = [] } = options;
        byType.set(type, { type, name, className: type.name, dependsOn, instance });
      }
    }
    return [...byType.values()];
  }
}

function isSeeder(instance: unknown): instance is DatabaseSeeder {
  return typeof instance === 'object' && instance !== null && 'run' in instance;
}

/** The seeder, and somebody told before it begins. */
function told(seeder: DatabaseSeeder, tell: () => void): DatabaseSeeder {
  return {
    run: (context) => {
      tell();
      return seeder.run(context);
    },
  };
}

function answersTo({ name, className }: Found, asked: unknown): boolean {
  return typeof asked === 'string' && [name, className].some((known) => known.toLowerCase() === asked.toLowerCase());
}
