import { type RawBuilder, sql } from 'kysely';
import type { SqlDialect } from '../context/database.js';
import { speaksMySql } from '../databases/mysql/mysql-family.js';
import { InvalidLookupError } from '../errors/orm.errors.js';
import type { FieldDefinition, ScalarKind } from '../fields/field-definition.js';
import { columnSql, describeColumn } from './aggregation.js';
import type { ExpressionParts, NumberOperand, Operator } from './expression.js';
import { columnPath, type ColumnPath, type QueryNames } from './query-state.js';
import type { Scope } from './scope.js';
import type { StatementBuilder } from './statement.js';

type Sql = RawBuilder<unknown>;

/** What values can be compared with each other, and computed with. */
type Family = 'whole' | 'fraction' | 'bigInteger' | 'decimal' | 'text' | ScalarKind;

/** An expression whose names and numbers have been checked against a model. */
export type Operand =
  | { readonly kind: 'column'; readonly column: ColumnPath; readonly family: Family }
  | { readonly kind: 'number'; readonly value: NumberOperand; readonly family: Family }
  | {
      readonly kind: 'computation';
      readonly operator: Operator;
      readonly left: Operand;
      readonly right: Operand;
      readonly family: Family;
    };

const FAMILIES: Readonly<Partial<Record<ScalarKind, Family>>> = {
  integer: 'whole',
  float: 'fraction',
  money: 'decimal',
  percent: 'decimal',
  string: 'text',
  email: 'text',
  url: 'text',
  phone: 'text',
  slug: 'text',
  ip: 'text',
  color: 'text',
};

const OPERATORS: Readonly<Record<Operator, Sql>> = { plus: sql`+`, minus: sql`-`, times: sql`*`, dividedBy: sql`/` };

/**
 * Resolves an expression.
 *
 * @throws InvalidLookupError when it names no column, or computes with something that is no number.
 */
export function resolveOperand(names: QueryNames, parts: ExpressionParts): Operand {
  switch (parts.kind) {
    case 'column': {
      const column = columnPath(names, parts.key);
      return { kind: 'column', column, family: familyOf(column.field) };
    }
    case 'number': {
      const { value } = parts;
      if (typeof value === 'bigint') return { kind: 'number', value, family: 'bigInteger' };
      if (
        typeof value !== 'number' ||
        !Number.isFinite(value) ||
        (Number.isInteger(value) && !Number.isSafeInteger(value))
      ) {
        throw new InvalidLookupError(names.model.name, 'F', 'an expression computes with something that is no number.');
      }
      return { kind: 'number', value, family: Number.isInteger(value) ? 'whole' : 'fraction' };
    }
    case 'computation': {
      const { operator } = parts;
      const [left, right] = [resolveOperand(names, parts.left), resolveOperand(names, parts.right)];
      if (operator === 'dividedBy' && right.kind === 'number' && Number(right.value) === 0) {
        throw new InvalidLookupError(names.model.name, 'F', 'an expression divides by 0.');
      }
      return { kind: 'computation', operator, left, right, family: familyOfBoth(names, left.family, right.family) };
    }
  }
}

function familyOfBoth({ model }: QueryNames, left: Family, right: Family): Family {
  const families = [left, right];
  if (families.every((family) => family === 'bigInteger')) return 'bigInteger';
  if (families.every((family) => family === 'whole' || family === 'fraction')) {
    return families.includes('fraction') ? 'fraction' : 'whole';
  }
  throw new InvalidLookupError(
    model.name,
    'F',
    `an expression computes with ${left} and ${right}.`,
    'Compute with integers and floats, or with big integers only (write 1n).',
  );
}

function familyOf({ scalarKind, choices }: FieldDefinition): Family {
  if (scalarKind !== 'enum') return FAMILIES[scalarKind] ?? scalarKind;
  return choices?.every((choice) => typeof choice === 'number') ? 'whole' : 'text';
}

/** Whether a column may be compared with an operand. */
export function isComparable(field: FieldDefinition, { family }: Operand): boolean {
  const own = familyOf(field);
  if (own === 'json') return false;
  return own === family || (isNumber(own) && isNumber(family));
}

/** Whether a column may take the value of an operand without losing anything of it. */
export function isStorable(field: FieldDefinition, { family }: Operand): boolean {
  const own = familyOf(field);
  return own === family || (own === 'fraction' && family === 'whole');
}

/** Whether it reads columns of other tables, or values made of several rows. */
export function leadsElsewhere(operand: Operand): boolean {
  switch (operand.kind) {
    case 'column':
      return operand.column.path.length > 0 || operand.column.aggregation !== undefined;
    case 'number':
      return false;
    case 'computation':
      return leadsElsewhere(operand.left) || leadsElsewhere(operand.right);
  }
}

function isNumber(family: Family): boolean {
  return family === 'whole' || family === 'fraction';
}

/** Describes an operand so that two with the same SQL have the same text, and collects its values. */
export function describeOperand(operand: Operand, values: unknown[]): string {
  switch (operand.kind) {
    case 'column':
      return describeColumn(operand.column);
    case 'number':
      values.push(operand.value);
      return `?${operand.family}`;
    case 'computation':
      return `(${describeOperand(operand.left, values)} ${operand.operator} ${describeOperand(operand.right, values)})`;
  }
}

/** The SQL of an operand in the condition of a query. */
export function operandSql(scope: Scope, operand: Operand): Sql {
  return termSql(scope.builder, operand, (column) => columnSql(scope.root, column));
}

/** The SQL of an operand that a column of the scope's own table is set to. */
export function assignedSql(scope: Scope, operand: Operand): Sql {
  return termSql(scope.builder, operand, ({ field }) => scope.column(field));
}

/** The columns that an operand reads. */
export function columnsIn(operand: Operand): readonly FieldDefinition[] {
  switch (operand.kind) {
    case 'column':
      return [operand.column.field];
    case 'number':
      return [];
    case 'computation':
      return [...columnsIn(operand.left), ...columnsIn(operand.right)];
  }
}

function termSql(builder: StatementBuilder, operand: Operand, column: (path: ColumnPath) => Sql): Sql {
  switch (operand.kind) {
    case 'column':
      return column(operand.column);
    case 'number':
      return numberSql(builder, operand.family);
    case 'computation': {
      const left = termSql(builder, operand.left, column);
      const right = termSql(builder, operand.right, column);
      const divisor = operand.operator === 'dividedBy' ? sql`nullif(${right}, 0)` : right;
      // MySQL's own "/" makes a fraction of whole numbers, too.
      const whole = operand.operator === 'dividedBy' && operand.family !== 'fraction' && speaksMySql(builder.dialect);
      return sql`(${left} ${whole ? sql`div` : OPERATORS[operand.operator]} ${divisor})`;
    }
  }
}

/** Without a type a number would be a fraction on SQLite, of the type of the column beside it on PostgreSQL, so each says what it is. */
function numberSql(builder: StatementBuilder, family: Family): Sql {
  const slot = builder.slot();
  const types = NUMBER_TYPES[builder.dialect];
  return sql`cast(${slot} as ${family === 'fraction' ? types.fraction : types.whole})`;
}

const NUMBER_TYPES: Readonly<Record<SqlDialect, { readonly whole: Sql; readonly fraction: Sql }>> = {
  sqlite: { whole: sql`integer`, fraction: sql`real` },
  postgresql: { whole: sql`bigint`, fraction: sql`double precision` },
  mariadb: { whole: sql`signed`, fraction: sql`double` },
  mysql: { whole: sql`signed`, fraction: sql`double` },
};
