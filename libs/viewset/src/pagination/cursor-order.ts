import { type Clause, type FieldDefinition, lookupsOf, type ModelDefinition, Q } from '@core-framework/orm';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { followPath, isSingleValued } from '../schemas/field-path.js';
import { targetOf } from '../schemas/schema-basis.js';

/** A column that a list is sorted by. */
interface OrderColumn {
  /** Its path: `author__name`. */
  readonly key: string;
  /** The path to compare by; of a relation, the key behind it. */
  readonly comparedBy: string;
  readonly field: FieldDefinition;
  readonly mayBeEmpty: boolean;
  readonly isDescending: boolean;
}

/** The values of a row in the columns of an order, in the form of JSON. */
export type Position = readonly unknown[];

/** The order of a list, able to say which rows come after a place in it. Empty columns are last, reversed first. */
export class CursorOrder {
  readonly #columns: readonly OrderColumn[];

  /** @throws InvalidOptionError for a column whose values cannot be compared. */
  constructor(model: ModelDefinition, keys: readonly string[]) {
    this.#columns = keys.map((key) => orderColumn(model, key));
  }

  /** The paths of the columns. */
  get paths(): readonly string[] {
    return this.#columns.map(({ key }) => key);
  }

  /** Names the order, so that a cursor of another one can be told from its own. */
  get signature(): string {
    return this.#columns
      .map(({ key, field, isDescending }) => `${isDescending ? '-' : ''}${key}:${field.scalarKind}`)
      .join();
  }

  /** The keys to sort by, in one direction or the other. */
  keys(backward: boolean): readonly string[] {
    return this.#columns.map(({ key, isDescending }) => (isDescending === backward ? key : `-${key}`));
  }

  /** The rows after a position, or before it. */
  beyond(position: Position, backward: boolean): Clause<unknown> {
    let clause: Clause<unknown> | undefined;
    const equal: Record<string, unknown> = {};
    for (const [index, column] of this.#columns.entries()) {
      const value = revived(column.field, position[index]);
      const after = afterValue(column, value, column.isDescending !== backward);
      if (after) {
        const further = Object.keys(equal).length ? Q({ ...equal }).and(after) : after;
        clause = clause ? clause.or(further) : further;
      }
      if (value === null) equal[`${column.comparedBy}__isnull`] = true;
      else equal[column.comparedBy] = value;
    }
    // The primary key, the last column, always has something beyond it.
    return clause ?? Q({});
  }
}

/** Tells at start-up what a cursor cannot find its place by. */
export function assertComparable(model: ModelDefinition, names: readonly string[]): void {
  for (const name of names) orderColumn(model, name);
}

function afterValue(
  { comparedBy, mayBeEmpty, field }: OrderColumn,
  value: unknown,
  isDescending: boolean,
): Clause<unknown> | undefined {
  if (value === null) return isDescending ? Q({ [`${comparedBy}__isnull`]: false }) : undefined;
  const greater = isBoolean(field)
    ? booleanBeyond(comparedBy, value, isDescending)
    : Q({ [`${comparedBy}__${isDescending ? 'lt' : 'gt'}`]: value });
  const empty = mayBeEmpty && !isDescending ? Q({ [`${comparedBy}__isnull`]: true }) : undefined;
  return greater && empty ? greater.or(empty) : (greater ?? empty);
}

/** `false` comes before `true`. */
function booleanBeyond(key: string, value: unknown, isDescending: boolean): Clause<unknown> | undefined {
  return value === isDescending ? Q({ [key]: !isDescending }) : undefined;
}

function orderColumn(model: ModelDefinition, name: string): OrderColumn {
  const isDescending = name.startsWith('-');
  const key = isDescending ? name.slice(1) : name;
  const fields = followPath(model, key);
  const field = fields?.at(-1);
  const compared = field?.relation ? targetOf(field).primaryKey : field;
  if (
    !fields ||
    !field ||
    !compared ||
    !isSingleValued(fields) ||
    !(isBoolean(compared) || lookupsOf(compared).includes('gt'))
  ) {
    throw new InvalidOptionError(
      `Cursor pagination of ${model.name}`,
      `it cannot find its place in a list that is sorted by "${key}".`,
      'Sort by columns of texts, numbers, times or booleans, or choose another style of pagination.',
    );
  }
  const mayBeEmpty = fields.some(({ nullable }) => nullable);
  return {
    key,
    comparedBy: field === compared ? key : `${key}__${compared.name}`,
    field: compared,
    mayBeEmpty,
    isDescending,
  };
}

function isBoolean({ scalarKind }: FieldDefinition): boolean {
  return scalarKind === 'boolean';
}

/** The value in code of what stands in a cursor. */
function revived({ scalarKind }: FieldDefinition, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (scalarKind === 'datetime') return new Date(value as string);
  return scalarKind === 'bigInteger' ? BigInt(value as string) : value;
}
