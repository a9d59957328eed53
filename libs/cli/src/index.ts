export {
  ApplicationModuleError,
  DeclinedError,
  FoundProblemsError,
  NoProjectError,
  PackageNotUsedError,
  ProductionRefusedError,
  QuestionNeededError,
  UnknownProjectError,
  UsageError,
} from './errors/cli.errors.js';
export {
  Command,
  type CommandHandler,
  type CommandInput,
  type CommandOptions,
} from './custom-commands/command.decorator.js';
export { type CoreOptions, runCore } from './run-core.js';
export { type Streams, type Terminal } from './terminal/terminal.js';
