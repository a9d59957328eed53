import { CoreError } from '../errors/core-error.js';

/** Thrown when a storage is asked for a file that it does not keep. */
export class FileNotStoredError extends CoreError {
  readonly code = 'COMMON_FILE_NOT_STORED';

  constructor(
    readonly key: string,
    cause?: unknown,
  ) {
    super('There is no file of that key.', { cause, client: { status: 404, code: 'not_found', detail: 'Not found.' } });
  }
}

/** Thrown for a key that no storage made: it could lead out of the storage's folder. */
export class InvalidFileKeyError extends CoreError {
  readonly code = 'COMMON_INVALID_FILE_KEY';

  constructor() {
    super('That is no key of a stored file.', {
      fix: 'Use only keys that FileStorage.save() answered, and directories of words between slashes.',
      client: { status: 404, code: 'not_found', detail: 'Not found.' },
    });
  }
}
