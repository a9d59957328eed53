import { InvalidModelError } from '../errors/orm.errors.js';
import type { FieldDefinition, ModelClass } from '../fields/field-definition.js';
import type { Comparison, Condition } from '../querysets/condition.js';
import type { Operand } from '../querysets/operand.js';
import { Clause } from '../querysets/q.js';
import type { CheckLiteral, CheckOperand, CheckSpec, RawCheck } from './check-spec.js';

/** A rule for the rows of a model: `Q(…)` of its own columns, or SQL. */
export type ModelCheck = Clause<unknown> | RawCheck;

/**
 * Puts a rule of a model in terms of columns.
 *
 * @throws InvalidModelError when it leads to other rows, or compares in a way that databases do differently.
 * @throws InvalidLookupError when it names a field that the model does not have.
 */
export function checkSpecOf(model: ModelClass, name: string, check: ModelCheck): CheckSpec {
  if (!(check instanceof Clause)) return check;
  return new Translation(model, name).spec(check.conditionFor(model));
}

const COMPARISONS = { exact: 'eq', gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte' } as const;

class Translation {
  constructor(
    private readonly model: ModelClass,
    private readonly name: string,
  ) {}

  spec(condition: Condition): CheckSpec {
    switch (condition.kind) {
      case 'and':
        return { and: condition.parts.map((part) => this.spec(part)) };
      case 'or':
        return { or: condition.parts.map((part) => this.spec(part)) };
      case 'not':
        return { not: this.spec(condition.part) };
      case 'exists':
        throw this.#refused(`leads to the rows of "${condition.relation.name}"`);
      case 'search':
        throw this.#refused('searches texts for words');
      case 'comparison':
        return this.#comparison(condition);
    }
  }

  #comparison({ form, lookup, operand, values }: Comparison): CheckSpec {
    const { field, name, path } = lookup;
    if (path.length > 0 || !field.columnName) throw this.#refused(`leads to other rows by "${lookup.key}"`);
    const column = field.columnName;
    if (form === 'null' || form === 'notNull') return { column, isNull: form === 'null' };
    const given = operand ? [this.#operand(operand)] : values.map((value) => this.#literal(field, value));
    const [first, second] = given;
    switch (name) {
      case 'exact':
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        return { column, [COMPARISONS[name]]: first };
      case 'range':
        return {
          and: [
            { column, gte: first },
            { column, lte: second },
          ],
        };
      case 'in':
        if (given.length > 0) return { column, in: given as CheckLiteral[] };
        throw this.#refused('allows an empty list of values');
      default:
        throw this.#refused(`uses "${name}", which databases do differently`);
    }
  }

  #operand(operand: Operand): CheckOperand {
    switch (operand.kind) {
      case 'number':
        return Number(operand.value);
      case 'column': {
        const { field, path } = operand.column;
        if (path.length === 0 && field.columnName) return { column: field.columnName };
        throw this.#refused('compares with columns of other rows');
      }
      case 'computation':
        return { [operand.operator]: [this.#operand(operand.left), this.#operand(operand.right)] };
    }
  }

  #literal(field: FieldDefinition, value: unknown): CheckLiteral {
    if (typeof value === 'boolean' || typeof value === 'number') return value;
    if (typeof value === 'bigint' || ['decimal', 'money', 'percent'].includes(field.scalarKind)) {
      const number = Number(value);
      if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
    } else if (typeof value === 'string' && field.scalarKind !== 'json') return value;
    throw this.#refused(`compares ${field.name} with a value that databases write differently`);
  }

  #refused(what: string): InvalidModelError {
    return new InvalidModelError(`The check "${this.name}" of ${this.model.name} ${what}.`, {
      fix: "Compare the row's own columns with values or with each other, or give SQL: { sql: '…' }.",
    });
  }
}
