import { RowLockedError, TransactionConflictError } from '../../errors/database.errors.js';

const LOCK_WAIT_TIMEOUT = 1205;
const DEADLOCK = 1213;
const LOCK_NOWAIT = 3572;

/** Whether the server has rolled back the whole transaction along with the statement. */
export function endsTransaction(error: unknown): boolean {
  return errnoOf(error) === DEADLOCK;
}

/** Makes one of our errors of a complaint about locks; other errors stay what they are. */
export function explainLockError(error: Error): Error {
  switch (errnoOf(error)) {
    case DEADLOCK:
      return new TransactionConflictError(error);
    case LOCK_WAIT_TIMEOUT:
    case LOCK_NOWAIT:
      return new RowLockedError(error);
    default:
      return error;
  }
}

function errnoOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'errno') : undefined;
}
