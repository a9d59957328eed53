import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Watcher } from 'casbin';
import { PolicyModelError } from '../errors/permission.errors.js';
import { POLICY_MODELS, type PolicyModelName } from './shipped-models.js';

/** What policies decide with, beside the groups and permissions in the tables. */
export interface PolicyOptions {
  /** A model that comes with the package, the path of a `model.conf`, or its text. @defaultValue 'rbac' */
  readonly model?: PolicyModelName | { readonly file: string | URL } | { readonly text: string };
  /** Path of a `policy.csv`, whose rules count beside those in the table. */
  readonly file?: string | URL;
  /** Functions that matchers and rules may call, by name. */
  readonly functions?: Readonly<Record<string, (...args: never[]) => boolean | string | number>>;
  /** Seconds after which another process's changes are seen at the latest; 0 looks each time. @defaultValue 1 */
  readonly refreshSeconds?: number;
}

/**
 * Injection token of a Casbin `Watcher`, by which processes tell each other at once that rules have changed
 * (`update()`, `setUpdateCallback()`). Without one they look after `refreshSeconds`.
 */
export const POLICY_WATCHER = Symbol.for('@core-framework/auth:policy-watcher');

/** What is provided under {@link POLICY_WATCHER}. */
export type PolicyWatcher = Watcher;

/** {@link PolicyOptions} with the texts that they name. */
export interface ResolvedPolicyOptions {
  /** Name of the shipped model, if it is one. */
  readonly shipped?: PolicyModelName;
  readonly model: string;
  /** Lines of the `policy.csv`. */
  readonly rules: readonly string[];
  readonly functions: NonNullable<PolicyOptions['functions']>;
  readonly refreshMs: number;
}

/** @throws PolicyModelError when a file cannot be read or the model is none that is known. */
export function resolvePolicyOptions(options: PolicyOptions): ResolvedPolicyOptions {
  const { model = 'rbac', file, functions = {}, refreshSeconds = 1 } = options;
  if (!(refreshSeconds >= 0)) {
    throw new PolicyModelError('refreshSeconds is no number of seconds.', { fix: 'Give a number from 0 on.' });
  }
  return Object.freeze({
    ...(typeof model === 'string' && { shipped: model }),
    model: textOf(model),
    rules: file === undefined ? [] : readText(file).split(/\r?\n/),
    functions,
    refreshMs: refreshSeconds * 1000,
  });
}

function textOf(model: NonNullable<PolicyOptions['model']>): string {
  if (typeof model === 'object') return 'text' in model ? model.text : readText(model.file);
  if (Object.hasOwn(POLICY_MODELS, model)) return POLICY_MODELS[model];
  throw new PolicyModelError(`There is no model of policies "${String(model)}".`, {
    fix: `Use ${Object.keys(POLICY_MODELS).join(', ')}, or { file } for a model.conf of your own.`,
  });
}

function readText(file: string | URL): string {
  const path = typeof file === 'string' ? file : fileURLToPath(file);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PolicyModelError(`The file ${path} cannot be read.`, { fix: 'Name a file that is there.', cause });
  }
}
