import type { Database } from '@core-framework/orm';
import { type RawBuilder, sql } from 'kysely';
import type { LeasedRow } from './lease-table.js';

/** The condition that a row is one of some: as one value where the database takes lists, so that the statement stays the same. */
export function oneOf(
  { dialect }: Pick<Database, 'dialect'>,
  rows: readonly Pick<LeasedRow, 'seq'>[],
): RawBuilder<unknown> {
  const numbers = rows.map(({ seq }) => String(seq));
  switch (dialect) {
    case 'sqlite':
      return sql`seq in (select value from json_each(${`[${numbers.join()}]`}))`;
    case 'postgresql':
      return sql`seq = any(cast(${`{${numbers.join()}}`} as bigint[]))`;
    case 'mariadb':
    case 'mysql':
      return sql`seq in (${sql.join(numbers)})`;
  }
}
