import { Logger } from '@nestjs/common';
import { describeStartFailure } from './start-failure.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** What modules get to close their connections, beyond the time for requests in work. */
const CLOSING_MS = 5000;
/** One press of Ctrl-C comes from the terminal and again from npm or `core run`, which pass on what they get themselves. */
const ECHO_MS = 500;

/**
 * Closes the application on SIGTERM and SIGINT and ends with 0; a second signal that is no echo of the first, or a close
 * that hangs, ends with 1.
 */
export function stopOnSignal(app: { close(): Promise<void> }, drainTimeoutMs: number): void {
  const logger = new Logger('CoreFactory');
  let stoppingSince: number | undefined;

  const stop = (signal: NodeJS.Signals): void => {
    if (stoppingSince !== undefined) {
      if (performance.now() - stoppingSince < ECHO_MS) return;
      logger.warn(`${signal} again: stopping at once.`);
      process.exit(1);
    }
    stoppingSince = performance.now();
    logger.log(`${signal}: finishing what is in work.`);
    setTimeout(() => {
      logger.error('Closing took too long; stopping at once.');
      process.exit(1);
    }, drainTimeoutMs + CLOSING_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(error);
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, stop);
}

/** Ends the process on an error that nobody caught: its state is unknown, whoever supervises it starts it anew. */
export function exitOnFault(): void {
  const logger = new Logger('Process');
  const exit = (error: unknown): void => {
    logger.fatal(error instanceof Error ? error : new Error(`A value that is no error was thrown: ${String(error)}`));
    process.exit(1);
  };
  process.on('uncaughtException', exit);
  process.on('unhandledRejection', exit);
}

/** Tells in one message on standard error why the application did not start, and ends the process with 1. */
export function exitOnFailedStart(error: unknown, debug = /^(1|true|yes|on)$/i.test(process.env.DEBUG ?? '')): never {
  process.stderr.write(`\n${describeStartFailure(error, debug)}\n\n`);
  process.exit(1);
}
