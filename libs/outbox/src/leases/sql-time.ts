import type { Database } from '@core-framework/orm';
import { type RawBuilder, sql } from 'kysely';

/** Points in time as the database tells them, so that processes whose clocks differ agree on who holds what. */
export interface SqlTime {
  readonly now: RawBuilder<unknown>;
  /** So many milliseconds from now; before it when negative. */
  after(milliseconds: number): RawBuilder<unknown>;
}

const SQLITE: SqlTime = {
  now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
  after: (milliseconds) => sql`cast(unixepoch('subsec') * 1000 as integer) + ${Math.round(milliseconds)}`,
};

const POSTGRES: SqlTime = {
  now: sql`clock_timestamp()`,
  after: (milliseconds) =>
    sql`clock_timestamp() + cast(${milliseconds} as double precision) * interval '1 millisecond'`,
};

const MYSQL: SqlTime = {
  now: sql`utc_timestamp(3)`,
  after: (milliseconds) => sql`date_add(utc_timestamp(3), interval ${Math.round(milliseconds * 1000)} microsecond)`,
};

export function sqlTimeOf({ dialect }: Pick<Database, 'dialect'>): SqlTime {
  switch (dialect) {
    case 'sqlite':
      return SQLITE;
    case 'postgresql':
      return POSTGRES;
    case 'mariadb':
    case 'mysql':
      return MYSQL;
  }
}
