import type { SqlDialect } from '../context/database.js';
import { InvalidModelError } from '../errors/orm.errors.js';
import { storedFields } from '../models/model-definition.js';
import type { ModelClass } from './field-definition.js';

/** SQLite keeps decimals as double precision numbers, which hold 15 digits exactly. */
const SQLITE_DIGITS = 15;

/**
 * Refuses decimals that the database would not keep exactly.
 *
 * @throws InvalidModelError on SQLite for a decimal of more than 15 digits.
 */
export function checkDecimalDigits(dialect: SqlDialect, models: Iterable<ModelClass>): void {
  if (dialect !== 'sqlite') return;
  for (const model of models) {
    const field = storedFields(model).find(({ precision = 0 }) => precision > SQLITE_DIGITS);
    if (!field) continue;
    throw new InvalidModelError(
      `${model.name}.${field.name} is a decimal of ${field.precision} digits, of which SQLite keeps only ${SQLITE_DIGITS} exactly.`,
      { fix: `Declare precision: ${SQLITE_DIGITS} or less, keep amounts in a bigInteger of cents, or use PostgreSQL.` },
    );
  }
}
