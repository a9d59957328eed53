import { CoreError } from '@core-framework/common';

/** One setting that is wrong: the variable as the operator wrote it, and a sentence that never holds a secret. */
export interface InvalidSetting {
  readonly variable: string;
  readonly message: string;
}

/** Says everything that is wrong with the settings at once, so that an operator corrects them in one go. */
export class InvalidSettingsError extends CoreError {
  readonly code = 'CONFIG_INVALID_SETTINGS';
  readonly problems: readonly InvalidSetting[];

  constructor(problems: readonly InvalidSetting[]) {
    const count = problems.length === 1 ? 'One setting is' : `${problems.length} settings are`;
    super([`${count} invalid:`, ...problems.map(({ message }) => `  - ${message}`)].join('\n'), {
      fix: 'Correct these variables in the environment or in the .env file.',
    });
    this.problems = problems;
  }
}

/** The `.env` file is there but cannot be read. A file that is not there is no error. */
export class UnreadableEnvFileError extends CoreError {
  readonly code = 'CONFIG_UNREADABLE_ENV_FILE';

  constructor(file: string, cause: unknown) {
    super(`The settings file "${file}" cannot be read.`, {
      fix: 'Make it a readable text file in UTF-8, or remove it and use environment variables.',
      cause,
    });
  }
}

/** A property of a settings class has a type that no variable can carry. */
export class UnsupportedSettingError extends CoreError {
  readonly code = 'CONFIG_UNSUPPORTED_SETTING';

  constructor(settingsClass: string, property: string) {
    super(`${settingsClass}.${property} is neither a string, a number, a boolean nor a list of these.`, {
      fix: 'Split it into several settings, or make it a getter that is computed from others.',
    });
  }
}

/** Two properties of a settings class claim the same variable, or two fragments the same property. */
export class DuplicateSettingError extends CoreError {
  readonly code = 'CONFIG_DUPLICATE_SETTING';

  constructor(settingsClass: string, name: string) {
    super(`${settingsClass} declares "${name}" twice.`, {
      fix: 'Rename one of them, or give one another variable with @Setting({ env }).',
    });
  }
}

/** The imports of an application name two settings classes of which neither extends the other. */
export class AmbiguousSettingsClassError extends CoreError {
  readonly code = 'CONFIG_AMBIGUOUS_SETTINGS_CLASS';

  constructor(first: string, second: string) {
    super(`The application imports SettingsModule for ${first} and for ${second}.`, {
      fix: 'Let one class extend the other, and import SettingsModule.forRoot() for that one only.',
    });
  }
}
