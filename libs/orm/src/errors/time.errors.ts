import { CoreError } from '@core-framework/common';

/** Thrown when a text is to be a local time and is none. */
export class InvalidTimeError extends CoreError {
  readonly code = 'ORM_INVALID_TIME';

  constructor() {
    super('The text is no local time.', {
      fix: 'Write YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss[.uuu]], without a zone.',
    });
  }
}
