import type { RateLimit } from '../backends/task-backend.js';
import { millisecondsOf } from '../timing/duration.js';
import type { TaskContext } from '../running/task-context.js';
import type { TaskOptions } from './task-options.js';

/** What holds for tasks that do not say otherwise. */
export interface TaskDefaults {
  readonly queue: string;
  readonly retry: number;
  readonly timeoutMs: number;
}

/** A task of an application, with every default filled in. */
export interface TaskDefinition {
  readonly name: string;
  readonly queue: string;
  readonly retry: number;
  readonly retryDelayMs: number;
  readonly backoff: 'fixed' | 'exponential';
  readonly jitter: number;
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly priority: number;
  readonly transaction: boolean;
  readonly uniqueKeyOf: (args: readonly unknown[]) => string | undefined;
  readonly rateLimit?: RateLimit & { readonly keyOf: (args: readonly unknown[]) => string };
}

/** A definition whose code this process has. */
export interface RunnableTask extends TaskDefinition {
  /** Runs it with what a caller gave, as a worker. */
  readonly run: (args: readonly unknown[], context: TaskContext) => unknown;
}

const RETRY_DELAY_MS = 1000;
const GRACE_MS = 5000;
const JITTER = 0.1;

export function taskDefinitionOf(name: string, options: TaskOptions<never[]>, defaults: TaskDefaults): TaskDefinition {
  const { retryDelay, timeout, grace, unique, rateLimit } = options;
  return {
    name,
    queue: options.queue ?? defaults.queue,
    retry: options.retry ?? defaults.retry,
    retryDelayMs: retryDelay === undefined ? RETRY_DELAY_MS : millisecondsOf(retryDelay, 'retryDelay'),
    backoff: options.backoff ?? (retryDelay === undefined ? 'exponential' : 'fixed'),
    jitter: options.jitter ?? JITTER,
    timeoutMs: timeout === undefined ? defaults.timeoutMs : millisecondsOf(timeout, 'timeout'),
    graceMs: grace === undefined ? GRACE_MS : millisecondsOf(grace, 'grace'),
    priority: options.priority ?? 0,
    transaction: options.transaction ?? false,
    uniqueKeyOf: (args) => {
      const key = typeof unique === 'function' ? unique(...(args as never[])) : unique;
      return key === undefined ? undefined : `${name}:${key}`;
    },
    ...(rateLimit && {
      rateLimit: {
        max: rateLimit.max,
        perMs: millisecondsOf(rateLimit.per, 'rateLimit'),
        keyOf: (args) => (rateLimit.key ? `${name}:${rateLimit.key(...(args as never[]))}` : name),
      },
    }),
  };
}
