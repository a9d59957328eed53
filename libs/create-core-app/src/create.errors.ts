/** Codes of what can go wrong; stable across releases. */
type CreateErrorCode =
  | 'CREATE_INVALID_NAME'
  | 'CREATE_FOLDER_NOT_EMPTY'
  | 'CREATE_QUESTION_NEEDED'
  | 'CREATE_COMMAND_FAILED'
  | 'CREATE_PACKAGE_NOT_FOUND';

/** Thrown when no project can be made as it was asked for. */
export class CreateError extends Error {
  constructor(
    readonly code: CreateErrorCode,
    message: string,
    /** What to change, as one sentence. */
    readonly fix: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CreateError';
  }

  /** Whether what was asked for is wrong in itself, wherever and whenever it is asked for. */
  get isMisuse(): boolean {
    return this.code === 'CREATE_INVALID_NAME' || this.code === 'CREATE_QUESTION_NEEDED';
  }
}
