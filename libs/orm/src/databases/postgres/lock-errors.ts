import { RowLockedError, TransactionConflictError } from '../../errors/database.errors.js';
import { codeOf } from '../foreign-error.js';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const LOCK_NOT_AVAILABLE = '55P03';

/** Makes one of our errors of a complaint about locks; other errors stay what they are. */
export function explainLockError(error: unknown): unknown {
  switch (codeOf(error)) {
    case SERIALIZATION_FAILURE:
    case DEADLOCK:
      return new TransactionConflictError(error);
    case LOCK_NOT_AVAILABLE:
      return new RowLockedError(error);
    default:
      return error;
  }
}
