import { WrongServerError } from '../../errors/database.errors.js';
import { FLAVOUR_NAMES, type MySqlFlavour } from './mysql-family.js';

/** The first release of each that has what the framework sends: `json_table` and `skip locked`. */
const OLDEST: Readonly<Record<MySqlFlavour, readonly [number, number, number]>> = {
  mariadb: [10, 6, 0],
  mysql: [8, 0, 17],
};

/**
 * Checks that the server is the one that the URL's scheme promises, and new enough: they differ in what they can.
 *
 * @throws {WrongServerError} when it is not.
 */
export function checkServer(expected: MySqlFlavour, version: string): void {
  const actual: MySqlFlavour = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  const name = `${FLAVOUR_NAMES[actual]} ${/^[\d.]*\d/.exec(version)?.[0] ?? version}`;
  if (actual !== expected) {
    throw new WrongServerError(
      `starts with "${expected}://", but the server is ${name}`,
      `Let it start with "${actual}://".`,
    );
  }
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  const oldest = OLDEST[expected];
  const firstDifference = oldest.findIndex((part, index) => part !== numbers[index]);
  if (firstDifference < 0 || (numbers[firstDifference] ?? 0) > (oldest[firstDifference] ?? 0)) return;
  throw new WrongServerError(
    `leads to ${name}, which is too old`,
    `Use ${FLAVOUR_NAMES[expected]} ${oldest.join('.')} or newer.`,
  );
}
