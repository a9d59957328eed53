import { RequestContext } from '@core-framework/common';
import type { LogFormat, LogLevel } from '@core-framework/config';
import { destination, type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { redactSecrets } from './redact-secrets.js';

/** How the logger of an application is made. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** JSON lines, or lines for people. */
  readonly format: LogFormat;
  /** @defaultValue standard output */
  readonly output?: DestinationStream;
}

/** Makes the logger: every line is redacted and carries the id of the request it belongs to. */
export function createLogger({ level, format, output }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: undefined,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
      mixin: requestOfLine,
      hooks: { streamWrite: redactSecrets },
    },
    format === 'json' ? (output ?? batched()) : readable(output),
  );
}

function requestOfLine(): { requestId?: string } {
  const requestId = RequestContext.current()?.requestId;
  return requestId === undefined ? {} : { requestId };
}

/**
 * Written in batches: a system call per line costs more than many a request. Lines come a moment late, and none is
 * lost at an ordinary exit.
 */
function batched(): DestinationStream {
  return destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 100 });
}

/** Written at once, not through a stream: the last lines before an exit must not be lost. */
function readable(output: DestinationStream = destination({ dest: 1, sync: true })): DestinationStream {
  const prettify = prettyFactory({
    colorize: process.stdout.isTTY === true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'requestId,method,url,status,duration,slow,aborted,context',
    messageFormat: (line, messageKey) => {
      const context = typeof line.context === 'string' ? `[${line.context}] ` : '';
      return `${context}${String(line[messageKey])}`;
    },
  });
  return { write: (line) => output.write(prettify(line)) };
}
