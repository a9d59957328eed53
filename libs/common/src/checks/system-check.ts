import { CoreError } from '../errors/core-error.js';

/** One thing that a check found. */
export interface CheckFinding {
  /** Stable, for lists of what is to be silent: `VIEWSET_UNINDEXED_FILTER`. */
  readonly code: string;
  /** An error keeps the application from starting, a warning is logged. */
  readonly level: 'error' | 'warning';
  /** What it is about: the name of a class. */
  readonly subject: string;
  readonly message: string;
  /** What to change, as one sentence. */
  readonly fix: string;
}

/** Looks at the application once it is put together. */
export type SystemCheck = () => readonly CheckFinding[] | Promise<readonly CheckFinding[]>;

/** Checks found what the application must not start with. */
export class FailedChecksError extends CoreError {
  readonly code = 'COMMON_FAILED_CHECKS';

  constructor(readonly findings: readonly CheckFinding[]) {
    const lines = findings.map(({ code, subject, message, fix }) => `${subject}: ${message} ${fix} [${code}]`);
    super(lines.join('\n'), { fix: 'Correct what is named above.' });
  }
}
