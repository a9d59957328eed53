import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseBusyError } from '../../errors/database.errors.js';
import { codeOf } from '../foreign-error.js';
import { PATIENCE_MS } from './lease-line.js';

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 20;

/**
 * Runs a statement again while another process holds the lock of the file.
 *
 * SQLite's own busy timeout would block the event loop; this waits between attempts without blocking, with jitter so
 * that two processes do not keep meeting.
 *
 * @throws {DatabaseBusyError} when the lock was not free in time.
 */
export async function retryWhileBusy<T>(attempt: () => T, patience: number = PATIENCE_MS): Promise<T> {
  const started = performance.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - started >= patience) throw lockedByOther(patience, error);
    }
    await sleep(pause * (0.5 + Math.random()));
  }
}

/** Whether SQLite refused because another connection holds a lock. */
function isBusy(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED');
}

function lockedByOther(patience: number, cause: unknown): DatabaseBusyError {
  return new DatabaseBusyError(
    'the write lock of the SQLite file, which another process holds',
    patience,
    'Keep transactions short, or move to PostgreSQL when several processes write a lot.',
    cause,
  );
}
