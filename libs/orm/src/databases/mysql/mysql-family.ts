import type { SqlDialect } from '../../context/database.js';

/** The two databases that speak MySQL's SQL. */
export type MySqlFlavour = 'mysql' | 'mariadb';

/** How texts are compared: by code point, case, accents and trailing blanks included, as the other databases do. */
export const EXACT_COLLATION: Readonly<Record<MySqlFlavour, string>> = {
  mysql: 'utf8mb4_0900_bin',
  mariadb: 'utf8mb4_nopad_bin',
};

/** The collation that knows the most letters: without regard to it, `lower` leaves those of Unicode 4 and later alone. */
export const LETTERS_COLLATION: Readonly<Record<MySqlFlavour, string>> = {
  mysql: 'utf8mb4_0900_as_cs',
  mariadb: 'utf8mb4_unicode_520_nopad_ci',
};

/** Names for people. */
export const FLAVOUR_NAMES: Readonly<Record<MySqlFlavour, string>> = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** Whether a database takes its SQL in MySQL's way. */
export function speaksMySql(dialect: SqlDialect): dialect is MySqlFlavour {
  return dialect === 'mysql' || dialect === 'mariadb';
}
