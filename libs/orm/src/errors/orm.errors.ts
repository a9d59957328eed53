import { CoreError, type FieldErrors, NON_FIELD_ERRORS } from '@core-framework/common';

/** Thrown when a class is used as a model that is not one, or not a complete one. */
export class InvalidModelError extends CoreError {
  readonly code = 'ORM_INVALID_MODEL';
}

/** Thrown where something needs rows that are told apart by one value, of a model whose key is made of several fields. */
export class CompositeKeyError extends CoreError {
  readonly code = 'ORM_COMPOSITE_KEY';

  constructor(
    readonly model: string,
    readonly keys: readonly string[],
  ) {
    const fields = keys.join(', ');
    super(`Rows of ${model} have no key of one value: it is made of ${fields}.`, {
      fix: `Find them by lookups of ${fields}; where one value has to do, give the model an id and make the fields unique together.`,
    });
  }
}

/** Thrown when a lookup, an ordering or a field list names something that the model does not have, or gives it a wrong value. */
export class InvalidLookupError extends CoreError {
  readonly code = 'ORM_INVALID_LOOKUP';

  constructor(
    readonly model: string,
    /** The key as it was written, `author__emial`. */
    readonly lookup: string,
    problem: string,
    fix?: string,
  ) {
    super(`${model}: ${problem}`, { fix });
  }
}

/** Thrown when a value is to be stored that is not of its field's type. */
export class InvalidValueError extends CoreError {
  readonly code = 'ORM_INVALID_VALUE';

  constructor(
    readonly model: string,
    readonly field: string,
    problem: string,
  ) {
    super(`${model}.${field} ${problem}`, { fix: 'Parse what comes from outside before it reaches the model.' });
  }
}

/** Thrown by `get`, and whatever else needs exactly one row, when there is none. Clients are told 404. */
export class DoesNotExistError extends CoreError {
  readonly code = 'ORM_DOES_NOT_EXIST';

  constructor(readonly model: string) {
    super(`No ${model} matches the given query.`, {
      fix: 'Use getOrNull() where absence is expected.',
      client: { status: 404, code: 'not_found', detail: 'Not found.' },
    });
  }
}

/** Thrown by `get` when several rows match. */
export class MultipleObjectsReturnedError extends CoreError {
  readonly code = 'ORM_MULTIPLE_OBJECTS';

  constructor(readonly model: string) {
    super(`More than one ${model} matches the given query.`, { fix: 'Filter by something unique, or use first().' });
  }
}

/** Thrown when a write would give two rows the same value in a unique field, or the same values in fields unique together. */
export class UniqueViolationError extends CoreError {
  readonly code = 'ORM_UNIQUE_VIOLATION';

  constructor(
    readonly model: string,
    /** Names of the fields, as far as the database tells. */
    readonly fields: readonly string[],
    cause: unknown,
  ) {
    const errors = uniqueErrors(model, fields);
    super(`Another ${model} has the same ${fields.join(', ') || 'value'}.`, {
      cause,
      client: { status: 400, code: 'invalid_input', detail: 'The input is not valid.', errors },
    });
  }
}

/** The errors that a client sees for a clash: on the one field, or on the object when it takes several to clash. */
export function uniqueErrors(model: string, fields: readonly string[]): FieldErrors {
  const [field] = fields;
  if (field !== undefined && fields.length === 1) {
    return { [field]: [{ code: 'unique', message: `${model.toLowerCase()} with this ${field} already exists.` }] };
  }
  const message = fields.length
    ? `The fields ${fields.join(', ')} must make a unique set.`
    : `${model.toLowerCase()} with these values already exists.`;
  return { [NON_FIELD_ERRORS]: [{ code: 'unique', message }] };
}

/** Thrown when a write points to a row that does not exist. */
export class ForeignKeyViolationError extends CoreError {
  readonly code = 'ORM_FOREIGN_KEY_VIOLATION';

  constructor(
    readonly model: string,
    /** Names of the relations, as far as the database tells (SQLite does not). */
    readonly fields: readonly string[],
    cause: unknown,
  ) {
    const error = { code: 'does_not_exist', message: 'The related object does not exist.' };
    super(`${model}${fields.length ? `.${fields.join(', ')}` : ''} points to a row that does not exist.`, {
      cause,
      client: {
        status: 400,
        code: 'invalid_input',
        detail: 'The input is not valid.',
        errors: fields.length
          ? Object.fromEntries(fields.map((field) => [field, [error]]))
          : { [NON_FIELD_ERRORS]: [error] },
      },
    });
  }
}

/** Thrown when a row cannot be deleted because others point to it with `onDelete: 'restrict'`. Clients are told 409. */
export class ProtectedError extends CoreError {
  readonly code = 'ORM_PROTECTED';

  constructor(
    readonly model: string,
    cause: unknown,
  ) {
    super(`${model} rows cannot be deleted while others point to them.`, {
      cause,
      fix: "Delete the others first, or declare their relation with onDelete: 'cascade' or 'setNull'.",
      client: { status: 409, code: 'protected', detail: 'This object cannot be deleted because others depend on it.' },
    });
  }
}

/** Thrown when a write leaves a required field empty. */
export class NotNullViolationError extends CoreError {
  readonly code = 'ORM_NOT_NULL_VIOLATION';

  constructor(
    readonly model: string,
    readonly fields: readonly string[],
    cause?: unknown,
  ) {
    const errors = Object.fromEntries(
      fields.map((field) => [field, [{ code: 'null', message: 'This field may not be null.' }]]),
    );
    super(`${model}.${fields.join(', ')} may not be null.`, {
      cause,
      client: { status: 400, code: 'invalid_input', detail: 'The input is not valid.', errors },
    });
  }
}

/** Thrown when a row would not meet one of the `checks` of its model. */
export class CheckViolationError extends CoreError {
  readonly code = 'ORM_CHECK_VIOLATION';

  constructor(
    readonly model: string,
    /** Name of the check. */
    readonly constraint: string,
    cause: unknown,
    /** Names of the fields, where the check is that of one field's values. */
    readonly fields: readonly string[] = [],
  ) {
    const names = fields.length > 0 ? fields : [NON_FIELD_ERRORS];
    const error = { code: 'check', message: `The rule "${constraint}" is not met.` };
    super(`The row does not meet the check "${constraint}" of ${model}.`, {
      cause,
      client: {
        status: 400,
        code: 'invalid_input',
        detail: 'The input is not valid.',
        errors: Object.fromEntries(names.map((name) => [name, [error]])),
      },
    });
  }
}

/** Thrown when a text is longer than the database keeps in an index. */
export class TooLongForIndexError extends CoreError {
  readonly code = 'ORM_TOO_LONG_FOR_INDEX';

  constructor(
    readonly model: string,
    /** Names of the fields, as far as they are known. */
    readonly fields: readonly string[],
    cause: unknown,
  ) {
    const names = fields.length > 0 ? fields : [NON_FIELD_ERRORS];
    const error = { code: 'too_long', message: 'This value is too long.' };
    super(`A value of ${model} is too long for an index${fields.length > 0 ? `: ${fields.join(', ')}` : ''}.`, {
      cause,
      fix: 'Give the field a maxLength, or leave out its index.',
      client: {
        status: 400,
        code: 'invalid_input',
        detail: 'The input is not valid.',
        errors: Object.fromEntries(names.map((name) => [name, [error]])),
      },
    });
  }
}

/** Thrown when a row was changed or deleted by someone else since it was read. Clients are told 409. */
export class VersionConflictError extends CoreError {
  readonly code = 'ORM_VERSION_CONFLICT';

  constructor(
    readonly model: string,
    readonly version: number,
  ) {
    super(`This ${model} is no longer in version ${version}: it was changed or deleted since it was read.`, {
      fix: 'Read it again, apply the change and save.',
      client: { status: 409, code: 'version_conflict', detail: 'The object was changed by someone else.' },
    });
  }
}

/** Thrown when a query runs outside of any unit of work, so that there is no EntityManager to run it. */
export class NoContextError extends CoreError {
  readonly code = 'ORM_NO_CONTEXT';

  constructor() {
    super('A query ran outside of a request, task or command.', {
      fix: 'Wrap the work in runInContext(() => …), or pick an EntityManager with .using(em).',
    });
  }
}

/** Thrown when a model is used whose database is not open, or is open in several applications at once. */
export class UnknownDatabaseError extends CoreError {
  readonly code = 'ORM_UNKNOWN_DATABASE';
}

/** Thrown outside of a transaction by what makes sense only in one: `onCommit`, `selectForUpdate`. */
export class NoTransactionError extends CoreError {
  readonly code = 'ORM_NO_TRANSACTION';
}

/** Thrown when the module's options contradict each other or the environment. */
export class OrmOptionsError extends CoreError {
  readonly code = 'ORM_INVALID_OPTIONS';
}
