import { CoreError } from '@core-framework/common';

/** Thrown when a command that works on a project runs where none is. */
export class NoProjectError extends CoreError {
  readonly code = 'CLI_NO_PROJECT';

  constructor(folder: string) {
    super(`${folder} is in no project: no package.json is there, nor above.`, {
      fix: 'Change into a project, or make one with "core init <name>".',
    });
  }
}

/** Thrown when the module of the application is not where it was looked for, or is none. */
export class ApplicationModuleError extends CoreError {
  readonly code = 'CLI_APPLICATION_MODULE';

  constructor(problem: string, fix: string, cause?: unknown) {
    super(problem, { fix, cause });
  }
}

/** Thrown when a workspace has no project of the name that was given. */
export class UnknownProjectError extends CoreError {
  readonly code = 'CLI_UNKNOWN_PROJECT';

  constructor(name: string, known: readonly string[]) {
    super(`There is no project "${name}" in nest-cli.json.`, {
      fix: known.length ? `It names ${known.join(', ')}.` : 'It names no projects.',
    });
  }
}

/** Thrown when a command that destroys data is to run in production without being told to. */
export class ProductionRefusedError extends CoreError {
  readonly code = 'CLI_REFUSED_IN_PRODUCTION';

  constructor(what: string) {
    super(`${what} is refused in production (ENVIRONMENT=production).`, {
      fix: 'Say --force if that is what you want.',
    });
  }
}

/** Thrown when a question would have to be asked where nobody can answer. */
export class QuestionNeededError extends CoreError {
  readonly code = 'CLI_QUESTION_NEEDED';

  constructor(question: string, fix: string) {
    super(`There is no terminal to ask at: ${question}`, { fix });
  }
}

/** Thrown when somebody answered a question with no. */
export class DeclinedError extends CoreError {
  readonly code = 'CLI_DECLINED';

  constructor() {
    super('Nothing was done.');
  }
}

/** Thrown when the application does not use the package that a command is about. */
export class PackageNotUsedError extends CoreError {
  readonly code = 'CLI_PACKAGE_NOT_USED';

  constructor(name: string, module: string) {
    super(`The application does not use ${name}.`, {
      fix: `Install it and import ${module}.forRoot() in the module of the application.`,
    });
  }
}

/** Thrown when an argument or an option has a value that means nothing. */
export class UsageError extends CoreError {
  readonly code = 'CLI_USAGE';

  constructor(problem: string, fix?: string) {
    super(problem, { fix });
  }
}

/** Thrown when what a command looked at is not as it should be; what is wrong was told already. */
export class FoundProblemsError extends CoreError {
  readonly code = 'CLI_FOUND_PROBLEMS';

  constructor(message: string, fix?: string) {
    super(message, { fix });
  }
}
