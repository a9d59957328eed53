import Database from 'better-sqlite3';
import { DatabaseInUseError } from '../../errors/database.errors.js';
import { codeOf } from '../foreign-error.js';

/**
 * Keeps other processes out of a folder for as long as this one lives, also when it is killed.
 *
 * PGlite itself lets two processes destroy each other's files. SQLite takes locks of the operating system, which end
 * with the process; files that hold a process id go stale.
 *
 * @returns what gives the folder back.
 * @throws {DatabaseInUseError} when somebody has it.
 */
export function lockFolder(folder: string): () => void {
  const lock = new Database(`${folder}.lock`, { timeout: 0 });
  try {
    lock.pragma('locking_mode = exclusive');
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (codeOf(error)?.startsWith('SQLITE_BUSY')) throw new DatabaseInUseError(`pglite://${folder}`, error);
    throw error;
  }
  return () => lock.close();
}
