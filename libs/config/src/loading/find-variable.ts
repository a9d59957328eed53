import type { SettingDefinition } from '../definition/setting-definition.js';
import type { Variables } from './env-file.js';

/** The name under which a setting was found, and its text. */
export interface FoundVariable {
  readonly name: string;
  readonly text: string;
}

/** Names of one setting that were found with different values. */
export interface ConflictingVariables {
  readonly conflict: readonly string[];
}

/**
 * Looks for a setting under its variable and its aliases. The first source that has any of them decides;
 * within a source they must agree.
 */
export function findVariable(
  { names, defaultValue }: SettingDefinition,
  sources: readonly Variables[],
): FoundVariable | ConflictingVariables | undefined {
  // `X=` cannot mean more than "not set" where there is no default, and compose files write it for a variable they lack.
  const emptyIsUnset = defaultValue === undefined || defaultValue === '';
  for (const source of sources) {
    const found: FoundVariable[] = [];
    for (const name of names) {
      // Own keys only: `__proto__` and `constructor` are names that a variable may have.
      const text = Object.hasOwn(source, name) ? source[name] : undefined;
      if (text !== undefined && !(emptyIsUnset && text === '')) found.push({ name, text });
    }
    if (new Set(found.map(({ text }) => text)).size > 1) return { conflict: found.map(({ name }) => name) };
    if (found[0] !== undefined) return found[0];
  }
  return undefined;
}
