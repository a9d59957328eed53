import { EXACT_COLLATION, type MySqlFlavour } from './mysql-family.js';

/** Seconds that a statement waits for a lock, as everywhere in the framework. */
const PATIENCE_SECONDS = 5;

/** Refuses what does not fit instead of cutting it off, and gives SQL its standard meaning. */
const STRICT_MODE = [
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'NO_ENGINE_SUBSTITUTION',
  'ONLY_FULL_GROUP_BY',
];

/**
 * What every connection is told before anything else: one behaviour whatever the server's configuration.
 *
 * The isolation level is PostgreSQL's: under MySQL's own, a transaction does not see the row whose unique value it was
 * just refused.
 */
export function sessionSettings(flavour: MySqlFlavour): string {
  // MariaDB can give all assignments of an update the values from before it, as the standard says.
  const mode = flavour === 'mariadb' ? [...STRICT_MODE, 'SIMULTANEOUS_ASSIGNMENT'] : STRICT_MODE;
  const isolation = flavour === 'mariadb' ? 'tx_isolation' : 'transaction_isolation';
  return `set ${[
    `names utf8mb4 collate ${EXACT_COLLATION[flavour]}`,
    "time_zone = '+00:00'",
    `sql_mode = '${mode.join(',')}'`,
    `${isolation} = 'READ-COMMITTED'`,
    `innodb_lock_wait_timeout = ${PATIENCE_SECONDS}`,
    // Divisions, and averages, of decimals are rounded by us alone.
    'div_precision_increment = 30',
  ].join(', ')}`;
}
