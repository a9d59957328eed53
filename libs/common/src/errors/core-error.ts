import type { ClientAnswer } from './client-answer.js';

/** What a {@link CoreError} may carry besides its message. */
export interface CoreErrorOptions {
  /** What to change so that the error goes away, as one sentence. */
  readonly fix?: string;
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** What an HTTP client may be told; without it the client is told 500 and nothing more. */
  readonly client?: ClientAnswer;
}

/**
 * Base of every error that the framework throws on purpose.
 *
 * The message says what is wrong, {@link fix} what to change, {@link code} is stable across releases.
 */
export abstract class CoreError extends Error {
  abstract readonly code: string;
  readonly fix?: string;
  readonly client?: ClientAnswer;

  constructor(message: string, { fix, cause, client }: CoreErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.fix = fix;
    this.client = client;
  }
}
