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
  return `Could not start: ${describeFailure(error, withStack)}`;
}

/** Says in a few lines what went wrong and what to change, without secrets; the stack only for developers. */
export function describeFailure(error: unknown, withStack: boolean): string {
  const { message, fix, code } = explain(error);
  const lines = [
    message,
    ...(fix === undefined || message.endsWith(fix) ? [] : [fix]),
    ...(code === undefined ? [] : [`[${code}]`]),
  ];
  if (withStack && isError(error))
    lines.push('', error.stack ?? String(error), ...causesOf(error).map(({ stack }) => `caused by ${stack}`));
  return redactSecrets(lines.join('\n'));
}

/** The same for programs. */
export function explainFailure(error: unknown): FailureExplanation {
  const { message, fix, code } = explain(error);
  return { code, message: redactSecrets(message), ...(fix !== undefined && { fix: redactSecrets(fix) }) };
}

/** What went wrong, and what to change. */
export interface FailureExplanation {
  readonly message: string;
  readonly fix?: string;
  /** Stable across releases; absent for errors that nobody expected. */
  readonly code?: string;
}

function explain(error: unknown): FailureExplanation {
  if (!isError(error)) return { message: String(error) };
  const chain = [error, ...causesOf(error)];
  const known = chain.find(isExplained);
  if (known) return known;
  for (const link of chain.flatMap((each) =>
    each instanceof AggregateError ? [each, ...(each.errors as unknown[])] : [each],
  )) {
    const explained = explainUnreachable(link) ?? explainMissingTable(link);
    if (explained) return explained;
  }
  return {
    message: `${error.name === 'Error' ? '' : `${error.name}: `}${error.message}`,
    fix: 'Set DEBUG=true to see where it happened.',
  };
}

function explainUnreachable(error: unknown): FailureExplanation | undefined {
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

/** How SQLite, PostgreSQL and MySQL say that a table is not there; nothing of the statement is repeated. */
const NO_TABLE = [
  /\bno such table: ([\w.]+)/,
  /\brelation "([\w.]+)" does not exist/,
  /\bTable '(?:[^'.]+\.)?([^'.]+)' doesn't exist/,
];

function explainMissingTable(error: unknown): FailureExplanation | undefined {
  if (!isError(error)) return undefined;
  const [table] = NO_TABLE.flatMap((form) => form.exec(error.message)?.slice(1) ?? []);
  if (table === undefined) return undefined;
  return {
    message: `The database has no table "${table}".`,
    fix: 'Apply the migrations with "core migrate"; when none makes it, write one with "core makemigrations" first.',
  };
}

/** Tools that do not use our errors tell the same: what is wrong, a code, and what to change. */
function isExplained(error: Error): error is Error & FailureExplanation {
  if (error instanceof CoreError) return true;
  const { code, fix } = error as Error & FailureExplanation;
  return typeof code === 'string' && /^[A-Z]+(?:_[A-Z]+)+$/.test(code) && typeof fix === 'string';
}

function causesOf(error: Error): Error[] {
  const causes: Error[] = [];
  for (let cause = error.cause; isError(cause) && !causes.includes(cause); cause = cause.cause) causes.push(cause);
  return causes;
}

/** Native modules may throw errors of another realm than ours, which are instances of that one's classes. */
function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  return typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string';
}
