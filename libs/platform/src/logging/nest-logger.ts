import type { LoggerService } from '@nestjs/common';
import type { Level, Logger } from 'pino';

/** What Nest reports about its own start; failures among it are thrown as well and reported once, by their catcher. */
const NEST_INTERNALS = new Set([
  'NestFactory',
  'NestApplication',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'ExceptionHandler',
]);

/** Writes what is logged through Nest's `Logger` to pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  /** Nest appends its context as the last text; a text before that is a stack, objects are members of the line. */
  #write(level: Level, message: unknown, rest: readonly unknown[]): void {
    const texts = rest.filter((value) => typeof value === 'string');
    const context = texts.at(-1);
    const stack = texts.length > 1 ? texts[0] : undefined;
    const members = Object.assign({}, ...rest.filter((value) => typeof value === 'object')) as object;
    const line = { context, ...members, ...(stack !== undefined && { stack }) };
    const at = context !== undefined && NEST_INTERNALS.has(context) ? 'debug' : level;
    if (message instanceof Error) this.logger[at]({ ...line, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.logger[at]({ ...line, ...message });
    else this.logger[at](line, String(message));
  }
}
