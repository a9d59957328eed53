import { CoreError } from '@core-framework/common';
import { redactSecrets } from '../logging/redact-secrets.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Says in a few lines why the application did not start and what to change; the stack only for developers. */
export function describeStartFailure(error: unknown, withStack: boolean): string {
  const { message, fix, code } = explain(error);
  const lines = [
    `Could not start: ${message}`,
    ...(fix === undefined ? [] : [fix]),
    ...(code === undefined ? [] : [`[${code}]`]),
  ];
  if (withStack && error instanceof Error)
    lines.push('', error.stack ?? String(error), ...causesOf(error).map(({ stack }) => `caused by ${stack}`));
  return redactSecrets(lines.join('\n'));
}

interface Explanation {
  readonly message: string;
  readonly fix?: string;
  readonly code?: string;
}

function explain(error: unknown): Explanation {
  if (!(error instanceof Error)) return { message: String(error) };
  const chain = [error, ...causesOf(error)];
  const known = chain.find((link) => link instanceof CoreError);
  if (known) return known;
  for (const link of chain.flatMap((each) =>
    each instanceof AggregateError ? [each, ...(each.errors as unknown[])] : [each],
  )) {
    const unreachable = explainUnreachable(link);
    if (unreachable) return unreachable;
  }
  return {
    message: `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`,
    fix: 'Set DEBUG=true to see where it happened.',
  };
}

function explainUnreachable(error: unknown): Explanation | undefined {
  const { code, address, hostname, port } = error as {
    code?: unknown;
    address?: string;
    hostname?: string;
    port?: number;
  };
  if (typeof code !== 'string' || !UNREACHABLE.has(code)) return undefined;
  const where = address ?? hostname ?? 'a service';
  return {
    message: `Cannot connect to ${where}${port === undefined ? '' : `, port ${port}`} (${code}).`,
    fix: 'Start that service, or correct the setting that names it (DATABASE_URL for the database).',
  };
}

function causesOf(error: Error): Error[] {
  const causes: Error[] = [];
  for (let cause = error.cause; cause instanceof Error && !causes.includes(cause); cause = cause.cause)
    causes.push(cause);
  return causes;
}
