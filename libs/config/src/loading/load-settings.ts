import { validateSync } from 'class-validator';
import { type SettingDefinition, settingsDefinitionOf } from '../definition/setting-definition.js';
import { InvalidSettingsError } from '../errors/config.errors.js';
import type { SettingsClass } from '../metadata/settings.metadata.js';
import { parseText } from '../parsing/parse-text.js';
import { readEnvFile, type Variables } from './env-file.js';
import { findVariable } from './find-variable.js';
import { SettingProblems } from './setting-problems.js';

/** Where settings are read from. */
export interface LoadSettingsOptions {
  /**
   * Variables that win over the file.
   * @defaultValue `process.env`
   */
  readonly env?: Variables;
  /**
   * A file of further variables, relative to the working directory; `false` reads none.
   * @defaultValue `.env`
   */
  readonly envFile?: string | false;
}

/**
 * Reads settings from the environment and the `.env` file into a frozen instance of a settings class.
 *
 * The environment wins over the file. Variables that no setting declares are ignored.
 *
 * @throws InvalidSettingsError with every problem in one message, in which no secret appears
 * @throws UnreadableEnvFileError when the file is there and cannot be read
 *
 * @example
 * ```ts
 * const settings = loadSettings(AppSettings);
 * ```
 */
export function loadSettings<S extends object>(
  target: SettingsClass<S>,
  { env = process.env, envFile = '.env' }: LoadSettingsOptions = {},
): S {
  const { settings: definitions, rules } = settingsDefinitionOf(target);
  const settings = new target();
  const problems = new SettingProblems();

  const names = assignVariables(settings, definitions, [env, readEnvFile(envFile)], problems);
  const given: ReadonlySet<string> = new Set(names.keys());
  const derived = assignDerived(settings, definitions, given);

  const byProperty = new Map(definitions.map((definition) => [definition.property, definition]));
  for (const error of validateSync(settings, { forbidUnknownValues: false })) {
    const definition = byProperty.get(error.property);
    // A derived value is as good as what it was derived from, and that was checked.
    if (definition === undefined || derived.has(error.property)) continue;
    problems.addInvalid(definition, names.get(error.property) ?? definition.variable, error);
  }
  for (const { property, message } of rules.flatMap((rule) => rule(settings as never, given))) {
    const definition = byProperty.get(property);
    if (definition === undefined) continue;
    problems.addViolation(definition, names.get(property) ?? definition.variable, message);
  }
  if (problems.all.length > 0) throw new InvalidSettingsError(problems.all);

  for (const value of Object.values(settings)) if (Array.isArray(value)) Object.freeze(value);
  return Object.freeze(settings);
}

/** Returns by which name each setting was given, the malformed ones included. */
function assignVariables(
  settings: object,
  definitions: readonly SettingDefinition[],
  sources: readonly Variables[],
  problems: SettingProblems,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of definitions) {
    const found = findVariable(definition, sources);
    if (found === undefined) continue;
    if ('conflict' in found) {
      names.set(definition.property, definition.variable);
      problems.addConflict(definition, found.conflict);
      continue;
    }
    names.set(definition.property, found.name);
    const parsed = parseText(found.text, definition);
    if ('value' in parsed) Reflect.set(settings, definition.property, parsed.value);
    else problems.addMalformed(definition, found.name, parsed.expected, found.text);
  }
  return names;
}

/** Returns the properties whose default was computed. */
function assignDerived(
  settings: object,
  definitions: readonly SettingDefinition[],
  given: ReadonlySet<string>,
): ReadonlySet<string> {
  const derived = new Set<string>();
  for (const { property, options } of definitions) {
    const value = given.has(property) ? undefined : options.derive?.(settings as never, given);
    if (value === undefined) continue;
    Reflect.set(settings, property, value);
    derived.add(property);
  }
  return derived;
}
