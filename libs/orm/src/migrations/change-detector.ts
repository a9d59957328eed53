import { InvalidMigrationsError, MigrationQuestionError } from '../errors/migration.errors.js';
import { operationOf, type SchemaCall } from './operations/operation-call.js';
import type { ColumnSpec, ColumnValue, SchemaState, TableSpec } from './schema-state.js';
import { isSame, operationsBetween, spelledOut } from './state-difference.js';

/** A column that may be one that went away under another name. */
export interface ColumnRenameQuestion {
  readonly table: string;
  readonly from: string;
  readonly to: string;
}

/** A table that may be one that went away under another name. */
export interface TableRenameQuestion {
  readonly from: string;
  readonly to: string;
}

/** A column that rows must have and for which the rows at hand have no value. */
export interface FillQuestion {
  readonly table: string;
  readonly column: string;
  readonly spec: ColumnSpec;
}

/** Who decides what the difference between two descriptions of tables cannot tell. */
export interface MigrationQuestions {
  isRenamedTable(question: TableRenameQuestion): boolean | Promise<boolean>;
  isRenamedColumn(question: ColumnRenameQuestion): boolean | Promise<boolean>;
  /** The value for the rows at hand; `undefined` when there is none. */
  fillOf(question: FillQuestion): ColumnValue | undefined | Promise<ColumnValue | undefined>;
}

/** What is decided about a change before it is looked at. */
export interface MigrationAnswers {
  /**
   * New names by old ones, `{ users: 'accounts', 'accounts.phone': 'mobile' }`, or `false` for what is really gone; the
   * columns of a renamed table under its new name.
   */
  readonly renames?: Readonly<Record<string, string | false>>;
  /** What rows get in columns that become required, `{ 'users.phone': '' }`. */
  readonly fills?: Readonly<Record<string, ColumnValue>>;
  /** Asked about what `renames` and `fills` leave open. Nothing is ever guessed: without it, that is an error. */
  readonly questions?: Partial<MigrationQuestions>;
}

/**
 * Finds the operations that lead from one description of the tables to another, names that changed included.
 *
 * @throws {MigrationQuestionError} when something is left open.
 */
export async function detectChanges(
  before: SchemaState,
  after: SchemaState,
  answers: MigrationAnswers = {},
): Promise<SchemaCall[]> {
  return new ChangeDetector(after, answers).changesFrom(before);
}

class ChangeDetector {
  readonly #calls: SchemaCall[] = [];
  readonly #used = new Set<string>();

  constructor(
    private readonly after: SchemaState,
    private readonly answers: MigrationAnswers,
  ) {}

  async changesFrom(before: SchemaState): Promise<SchemaCall[]> {
    let state = await this.#renameTables(before);
    for (const table of Object.keys(this.after)) {
      if (Object.hasOwn(state, table)) state = await this.#renameColumns(state, table);
    }
    this.#refuseUnusedRenames();
    const others = operationsBetween(state, this.after);
    for (const call of others) this.#calls.push(await this.#filled(state, call));
    return this.#calls;
  }

  async #renameTables(before: SchemaState): Promise<SchemaState> {
    let state = before;
    for (const from of missingKeys(before, this.after)) {
      const candidates = missingKeys(this.after, state);
      const likely = candidates.filter((to) => isLikeness(before[from], this.after[to]));
      const to = await this.#newName(from, candidates, likely, {
        ask: (name) => this.answers.questions?.isRenamedTable?.({ from, to: name }),
        problem: (name) =>
          `Table "${from}" is gone and "${name}" is new with the same columns; it may have been renamed.`,
      });
      if (to !== undefined) state = this.#apply(state, { name: 'renameTable', args: [from, to] });
    }
    return state;
  }

  async #renameColumns(before: SchemaState, table: string): Promise<SchemaState> {
    let state = before;
    const wanted = this.after[table]?.columns ?? {};
    for (const from of missingKeys(before[table]?.columns ?? {}, wanted)) {
      const current = state[table] ?? { columns: {} };
      const candidates = missingKeys(wanted, current.columns);
      const likely = candidates.filter((to) => isSameColumn(current, from, this.after[table], to));
      const to = await this.#newName(`${table}.${from}`, candidates, likely, {
        ask: (name) => this.answers.questions?.isRenamedColumn?.({ table, from, to: name }),
        problem: (name) =>
          `Column "${from}" of table "${table}" is gone and "${name}" is new with the same type; it may have been renamed.`,
      });
      if (to !== undefined) state = this.#apply(state, { name: 'renameColumn', args: [table, from, to] });
    }
    return state;
  }

  async #newName(
    key: string,
    candidates: readonly string[],
    likely: readonly string[],
    { ask, problem }: RenameDecision,
  ): Promise<string | undefined> {
    const answer = this.answers.renames?.[key];
    if (answer !== undefined) {
      this.#used.add(key);
      if (answer === false) return undefined;
      if (candidates.includes(answer)) return answer;
      throw unfitRename(key, answer);
    }
    // A name that another rename claims is no candidate.
    const claimed = new Set(Object.values(this.answers.renames ?? {}));
    for (const name of likely.filter((candidate) => !claimed.has(candidate))) {
      const said = await ask(name);
      if (said === undefined) {
        throw new MigrationQuestionError(
          problem(name),
          `Say renames: { '${key}': '${name}' }, or { '${key}': false } when it is gone with all its values.`,
        );
      }
      if (said) return name;
    }
    return undefined;
  }

  #apply(state: SchemaState, call: SchemaCall): SchemaState {
    this.#calls.push(call);
    return operationOf(call).apply(state);
  }

  #refuseUnusedRenames(): void {
    for (const [key, answer] of Object.entries(this.answers.renames ?? {})) {
      if (!this.#used.has(key)) throw unfitRename(key, answer);
    }
  }

  async #filled(state: SchemaState, call: SchemaCall): Promise<SchemaCall> {
    if (call.name !== 'addColumn' && call.name !== 'alterColumn') return call;
    const [table, column, spec] = call.args;
    const earlier = state[table]?.columns[column];
    const isOpen = earlier === undefined || earlier.nullable;
    if (!isOpen || spec.nullable || spec.default !== undefined || spec.autoIncrement) return call;
    const fill =
      this.answers.fills?.[`${table}.${column}`] ?? (await this.answers.questions?.fillOf?.({ table, column, spec }));
    if (fill !== undefined) return { name: call.name, args: [table, column, spec, { fill }] };
    throw new MigrationQuestionError(
      `Column "${column}" of table "${table}" is required from now on, and the rows at hand have no value for it.`,
      `Say what they get: fills: { '${table}.${column}': … }; or give the field a default, or make it nullable.`,
    );
  }
}

interface RenameDecision {
  readonly ask: (name: string) => boolean | undefined | Promise<boolean>;
  readonly problem: (name: string) => string;
}

function unfitRename(key: string, answer: string | false): InvalidMigrationsError {
  return new InvalidMigrationsError(
    answer === false
      ? `"${key}" is not gone, so nothing can be said about its name.`
      : `"${key}" cannot be renamed to "${answer}": the first must be gone, and the second new.`,
    { fix: 'Name a table, or table.column, as the migrations have it, and its new name as the models have it.' },
  );
}

function missingKeys(from: Readonly<Record<string, unknown>>, to: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(from).filter((key) => !Object.hasOwn(to, key));
}

/** Whether two tables have the same columns. */
function isLikeness(one: TableSpec | undefined, other: TableSpec | undefined): boolean {
  const [names, otherNames] = [Object.keys(one?.columns ?? {}), Object.keys(other?.columns ?? {})];
  return names.length === otherNames.length && names.every((name) => isSameColumn(one, name, other, name));
}

function isSameColumn(
  one: TableSpec | undefined,
  name: string,
  other: TableSpec | undefined,
  otherName: string,
): boolean {
  const [spec, otherSpec] = [one?.columns[name], other?.columns[otherName]];
  if (!spec || !otherSpec || !isSame(spelledOut(spec), spelledOut(otherSpec))) return false;
  return targetOf(one, name) === targetOf(other, otherName);
}

/** The table that a column points to. */
function targetOf(table: TableSpec | undefined, column: string): string | undefined {
  return Object.values(table?.foreignKeys ?? {}).find(({ columns }) => columns.includes(column))?.references.table;
}
