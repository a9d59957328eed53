import { SchematicsException } from '@angular-devkit/schematics';

/** Codes of what is wrong whatever the project has. */
const MISUSES = /^(?:FIELD_\w+|GENERATOR_(?:INVALID_\w+|NO_VALUES|VALUE_TWICE|UNKNOWN_ACTION))$/;

/** What was asked for and cannot be done; nothing was written. */
export class GeneratorError extends SchematicsException {
  /** Names the kind of problem to programs. */
  readonly code: string;
  /** What to do about it. */
  readonly fix?: string;

  constructor(code: string, message: string, fix?: string) {
    super(fix === undefined ? message : `${message} ${fix}`);
    this.name = 'GeneratorError';
    this.code = code;
    this.fix = fix;
  }

  /** Whether what was asked for is wrong in itself, wherever and whenever it is asked for. */
  get isMisuse(): boolean {
    return MISUSES.test(this.code);
  }
}

/** A field that was written wrongly. */
export class FieldSyntaxError extends GeneratorError {
  /** The field as it was written. */
  readonly field: string;

  constructor(code: string, field: string, message: string, fix?: string) {
    super(code, `Field "${field}": ${message}`, fix);
    this.name = 'FieldSyntaxError';
    this.field = field;
  }
}
