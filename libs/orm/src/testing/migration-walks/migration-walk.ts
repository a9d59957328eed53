import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { pathToFileURL } from 'node:url';
import type { Database } from '../../context/database.js';
import { openDatabase } from '../../context/open-database.js';
import { runInContext } from '../../context/run-in-context.js';
import { resolveCoreOrmOptions } from '../../core-orm.options.js';
import type { ModelClass } from '../../fields/field-definition.js';
import type { MigrationAnswers } from '../../migrations/change-detector.js';
import { replay } from '../../migrations/migration-plan.js';
import { MigrationService } from '../../migrations/migration.service.js';
import { orderMigrations } from '../../migrations/migration-graph.js';
import { loadMigrations } from '../../migrations/migration-source.js';
import type { SchemaState } from '../../migrations/schema-state.js';
import { Manager } from '../../querysets/manager.js';
import { pointToSource } from '../generated-files.js';
import { DesignChanges } from './design-changes.js';
import { type ModelDesign, modelsOf, valueOf } from './model-design.js';
import { Random } from './random.js';

/** The rows of a table by key, each with its values by column. */
type Rows = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** What a walk starts with. */
export interface WalkOptions {
  readonly seed: number;
  /** The database; what is in it is lost. */
  readonly url: string;
  /** Formats code as the repository does. */
  readonly format: (source: string) => Promise<string>;
}

/**
 * Makes up models, migrates to them, fills them with rows, changes them step by step, and after each step compares
 * tables with models, rows with those before, rolls back, compares again and goes on.
 *
 * @throws when something differs; the message tells the seed.
 */
export async function walk({ format, seed, url }: WalkOptions): Promise<number> {
  const path = mkdtempSync(join(tmpdir(), 'orm-walk-'));
  const walker = new Walker(new Random(seed), path, url, format);
  try {
    return await walker.run();
  } catch (error) {
    throw new Error(`walk ${seed} on ${url}: ${String(error)}\n${walker.log.join('\n')}`, {
      cause: error,
    });
  } finally {
    await walker.close();
    rmSync(path, { recursive: true });
  }
}

class Walker {
  readonly log: string[] = [];
  readonly #changes: DesignChanges;
  readonly #folder: URL;
  #database?: Database;
  #rows = 0;

  constructor(
    private readonly random: Random,
    path: string,
    private readonly url: string,
    private readonly format: WalkOptions['format'],
  ) {
    this.#changes = new DesignChanges(random, []);
    this.#folder = pathToFileURL(`${path}/migrations/`);
  }

  /** @returns how many migrations it made. */
  async run(): Promise<number> {
    for (let count = this.random.between(1, 3); count > 0; count--) this.#changes.addModel();
    await this.#clear();
    await this.#step();
    for (let count = this.random.between(2, 4); count > 0; count--) {
      const answers = this.#changes.change(this.random.between(1, 4));
      await this.#step(answers);
    }
    const service = await this.#open();
    const applied = await service.applied();
    await service.rollback({ to: 'zero' });
    expectSame(await service.drift().then((sql) => sql.some((text) => /drop table/.test(text))), false, 'tables left');
    return applied.length;
  }

  async close(): Promise<void> {
    await this.#database?.close();
  }

  async #step(answers: MigrationAnswers = {}): Promise<void> {
    const service = await this.#open();
    const generated = await service.generate(answers);
    if (!generated) return;
    this.log.push(`${generated.name}: ${generated.operations.join('; ')}`);
    expectSame(generated.source, await this.format(generated.source), 'the format of the file');
    pointToSource(generated.file);
    expectSame(await service.generate(answers.fills ? { fills: answers.fills } : {}), undefined, 'generated twice');
    const [before, after] = await this.#states();
    const stored = await this.#read(before);
    await service.migrate();
    await this.#compare(service, 'migrating');
    expectSame(await service.drift(), [], 'models after migrating');
    this.#expectKept(stored, await this.#read(after), answers, 'forwards');
    await service.rollback();
    await this.#compare(service, 'rolling back');
    this.#expectBack(stored, await this.#read(before), after, answers);
    await service.migrate();
    await this.#compare(service, 'migrating again');
    await this.#fill();
  }

  async #open(): Promise<MigrationService> {
    await this.#database?.close();
    const models = [...modelsOf(this.#changes.design).values()];
    this.#database = await openDatabase(models, resolveCoreOrmOptions({ url: this.url }));
    return new MigrationService(this.#database.orm, this.#folder);
  }

  async #clear(): Promise<void> {
    const service = await this.#open();
    await service.reset();
  }

  async #compare(service: MigrationService, when: string): Promise<void> {
    expectSame((await service.check()).drift, [], `tables after ${when}`);
  }

  /** The tables before and after the latest migration. */
  async #states(): Promise<[SchemaState, SchemaState]> {
    const { migrations } = orderMigrations(await loadMigrations(this.#folder), new Set());
    return [replay(migrations.slice(0, -1)), replay(migrations)];
  }

  async #read(state: SchemaState): Promise<ReadonlyMap<string, Rows>> {
    const tables = new Map<string, Rows>();
    for (const [table, { columns }] of Object.entries(state)) {
      if (!Object.hasOwn(columns, 'id')) continue;
      const em = this.#database?.orm.em.fork();
      const rows = (await em?.execute<Record<string, unknown>[]>(`select * from ${table}`)) ?? [];
      tables.set(table, new Map(rows.map((row) => [String(row.id), row])));
    }
    return tables;
  }

  /** Every row is there, and every column that is still there has its values. */
  #expectKept(
    before: ReadonlyMap<string, Rows>,
    after: ReadonlyMap<string, Rows>,
    { renames = {} }: MigrationAnswers,
    when: string,
  ): void {
    for (const [table, rows] of before) {
      const name = newName(renames, table);
      const kept = after.get(name);
      if (!kept) continue;
      expectSame([...kept.keys()].toSorted(), [...rows.keys()].toSorted(), `rows of ${name} ${when}`);
      for (const [key, row] of rows) {
        for (const [column, value] of Object.entries(row)) {
          const now = newName(renames, `${name}.${column}`, column);
          const current = kept.get(key)?.[now];
          // What was empty may have been filled.
          if (value === null || current === undefined) continue;
          expectSame(comparable(current), comparable(value), `${name}.${now} of ${key} ${when}`);
        }
      }
    }
  }

  /** A table that was dropped comes back empty; all others have the rows and the values that outlived the change. */
  #expectBack(
    before: ReadonlyMap<string, Rows>,
    back: ReadonlyMap<string, Rows>,
    between: SchemaState,
    { renames = {} }: MigrationAnswers,
  ): void {
    for (const [table, rows] of before) {
      const name = newName(renames, table);
      const columns = between[name]?.columns;
      if (!columns) {
        expectSame(back.get(table)?.size, 0, `rows of ${table}, which was dropped`);
        continue;
      }
      expectSame([...(back.get(table)?.keys() ?? [])].toSorted(), [...rows.keys()].toSorted(), `rows of ${table} back`);
      for (const [key, row] of rows) {
        for (const [column, value] of Object.entries(row)) {
          if (value === null || !Object.hasOwn(columns, newName(renames, `${name}.${column}`, column))) continue;
          expectSame(comparable(back.get(table)?.get(key)?.[column]), comparable(value), `${table}.${column} back`);
        }
      }
    }
  }

  /** Gives every table that has no rows some; those that others need first. */
  async #fill(): Promise<void> {
    const { design } = this.#changes;
    const database = this.#database;
    if (!database) return;
    const models = [...(await Promise.resolve(modelsByTable(database)))];
    await runInContext(
      async () => {
        for (let round = 0; round < design.length; round++) {
          for (const model of design) {
            const type = models.find(([table]) => table === model.table)?.[1];
            if (type) await this.#fillTable(model, new Manager(type, database), models);
          }
        }
      },
      { database },
    );
  }

  async #fillTable(
    model: ModelDesign,
    rows: Manager<object>,
    models: readonly (readonly [string, ModelClass])[],
  ): Promise<void> {
    if (await rows.exists()) return;
    for (let count = 0; count < 3; count++) {
      const number = ++this.#rows;
      const values: Record<string, unknown> =
        model.pk === 'string' ? { id: `key ${number}` } : model.pk === 'composite' ? { id: number } : {};
      for (const field of model.fields) {
        if (field.kind === 'manyToMany') continue;
        if (field.kind !== 'foreignKey') {
          const isEmpty = field.nullable && !field.everRequired && !field.unique && this.random.chance(0.3);
          values[field.name] = isEmpty ? null : valueOf(field, number);
          continue;
        }
        const target = this.#changes.design.find(({ key }) => key === field.target);
        const type = models.find(([table]) => table === target?.table)?.[1];
        const other: { id?: unknown } | null | undefined = type && (await new Manager(type, this.#database).first());
        if (!other && !field.nullable) return;
        values[field.name] = other?.id ?? null;
      }
      await rows.create(values);
    }
  }
}

function modelsByTable({ orm }: Database): (readonly [string, ModelClass])[] {
  const metas = [...orm.getMetadata().getAll().values()];
  return metas.map(({ class: type, tableName }) => [tableName, type as unknown as ModelClass] as const);
}

function newName(renames: NonNullable<MigrationAnswers['renames']>, key: string, unchanged = key): string {
  return renames[key] || unchanged;
}

/** Types may have changed in between, such as an integer to a bigint, which drivers give as a text. */
function comparable(value: unknown): unknown {
  return typeof value === 'string' || typeof value === 'bigint' ? `${value}` : JSON.stringify(value);
}

function expectSame(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(
    `${what}: ${String(JSON.stringify(actual, undefined, 1))} instead of ${String(JSON.stringify(expected, undefined, 1))}`,
  );
}
