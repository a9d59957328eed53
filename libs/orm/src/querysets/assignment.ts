import { InvalidLookupError, InvalidValueError, NotNullViolationError } from '../errors/orm.errors.js';
import type { FieldDefinition } from '../fields/field-definition.js';
import type { ModelDefinition } from '../models/model-definition.js';
import { storableValue, writableField } from '../models/row-values.js';
import { columnValue } from './bound-values.js';
import { isExpression } from './expression.js';
import { isStorable, leadsElsewhere, type Operand, resolveOperand } from './operand.js';

/** What a column is set to: a value, or what the database computes of the row. */
export interface Assignment {
  readonly field: FieldDefinition;
  readonly value?: unknown;
  readonly operand?: Operand;
}

/**
 * Checks what a column is to be set to.
 *
 * @throws InvalidValueError when the model has no such column, or it cannot hold the value.
 * @throws NotNullViolationError for `null` in a column that may not be empty.
 * @throws InvalidLookupError when an expression names what the table does not have.
 */
export function assignmentOf(definition: ModelDefinition, name: string, value: unknown): Assignment {
  const field = writableField(definition, name);
  if (!isExpression(value)) {
    const stored = storableValue(definition, field, value);
    if (stored === null && !field.nullable) throw new NotNullViolationError(definition.name, [name]);
    return { field, value: columnValue(field, stored) };
  }
  const operand = resolveOperand({ model: definition.model }, value.parts);
  if (leadsElsewhere(operand)) {
    throw new InvalidLookupError(definition.name, name, `"${name}" cannot be set to a column of another table.`);
  }
  if (isStorable(field, operand)) return { field, operand };
  throw new InvalidValueError(definition.name, name, `is a ${field.kind} field and cannot hold ${operand.family}`);
}
