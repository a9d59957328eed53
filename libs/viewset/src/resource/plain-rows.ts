import { isDeepStrictEqual } from 'node:util';
import {
  compileJsonValue,
  DoesNotExistError,
  type FieldDefinition,
  type Manager,
  type ModelDefinition,
  Q,
  type QuerySet,
  VersionConflictError,
} from '@core-framework/orm';
import type { Row } from '../schemas/output-property.js';
import { softDeletable } from './soft-deletable-rows.js';

/** Reads and writes rows of a model as plain data in the form of JSON, each by one statement. */
export class PlainRows {
  readonly #fields: readonly FieldDefinition[];
  readonly #json: ReadonlyMap<string, (value: unknown) => unknown>;

  constructor(
    private readonly model: ModelDefinition,
    private readonly manager: Manager<object>,
    /** The properties that rows have. */
    private readonly columns: readonly string[],
    /** Whether a row may be changed without being read first. */
    readonly changesUnread = false,
  ) {
    this.#fields = [...model.fields.values()].filter(({ columnName }) => columnName !== undefined);
    this.#json = new Map(this.#fields.map((field) => [field.name, compileJsonValue(field)]));
  }

  async first(rows: QuerySet<object>): Promise<Row | undefined> {
    const [row] = await rows.limit(1).rows({ columns: this.columns, json: true });
    return row;
  }

  insert(values: object): Promise<Row> {
    return this.manager.createRow(Object.fromEntries(this.#given(values)), { columns: this.columns, json: true });
  }

  /**
   * Changes the one row among `rows` unless it has all the values already, and answers it as it now is; `undefined` when
   * there is none such, or when what is written cannot be compared by the database.
   */
  async changeAmong(rows: QuerySet<object>, values: object): Promise<Row | undefined> {
    const given = this.#given(values).filter(([, value]) => value !== undefined);
    if (given.length === 0 || given.some(([name]) => this.model.fields.get(name)?.scalarKind === 'json')) {
      return undefined;
    }
    const changes = Object.fromEntries(given);
    const [changed] = await rows
      .where(Q(changes).not())
      .updateRows<object>(changes, { columns: this.columns, json: true });
    return changed;
  }

  /**
   * Writes the columns of a row that get another value, and answers the row as it now is.
   *
   * @throws VersionConflictError when the row is no longer in the version that was read, DoesNotExistError when it is gone.
   */
  async change(row: Row, values: object): Promise<Row> {
    const changes = this.#given(values).filter(
      ([name, value]) => value !== undefined && !isDeepStrictEqual(this.#json.get(name)?.(value), row[name]),
    );
    if (changes.length === 0) return row;
    const { versionField, name } = this.model;
    const version = versionField && row[versionField.name];
    const [changed] = await this.#everything
      .where({ ...this.#keyOf(row), ...(versionField && { [versionField.name]: version }) })
      .updateRows<object>(Object.fromEntries(changes), { columns: this.columns, json: true });
    if (changed) return changed;
    throw versionField ? new VersionConflictError(name, Number(version)) : new DoesNotExistError(name);
  }

  #given(values: object): [string, unknown][] {
    return this.#fields
      .filter(({ name }) => Object.hasOwn(values, name))
      .map(({ name }) => [name, (values as Row)[name]]);
  }

  /** The rows that a write by key may reach: which of them a view serves was decided when the row was read. */
  get #everything(): QuerySet<object> {
    return this.model.deletedField
      ? (softDeletable(this.manager).withDeleted() as object as QuerySet<object>)
      : this.manager;
  }

  /** Big integers are texts in JSON, and none in lookups. */
  #keyOf(row: Row): Row {
    const { name, scalarKind } = this.model.primaryKey;
    return { [name]: scalarKind === 'bigInteger' ? BigInt(row[name] as string) : row[name] };
  }
}
