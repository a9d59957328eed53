import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { CoreSettings } from './core-settings.js';
import { AmbiguousSettingsClassError } from './errors/config.errors.js';
import { loadSettings, type LoadSettingsOptions } from './loading/load-settings.js';
import type { SettingsClass } from './metadata/settings.metadata.js';
import { SETTINGS_SOURCE, type SettingsSource } from './settings.module.js';

type ModuleImport = Type | DynamicModule | ForwardReference<() => Type | DynamicModule> | Promise<DynamicModule>;

/**
 * Finds the settings class of an application without building it, by following the imports of its module to
 * `SettingsModule.forRoot()`; {@link CoreSettings} when there is none. Imports that are promises are not followed.
 *
 * @throws AmbiguousSettingsClassError when it finds two classes of which neither extends the other
 */
export function settingsClassOf(root: Type | DynamicModule): SettingsClass<CoreSettings> {
  return settingsSourceOf(root).settingsClass;
}

/**
 * Reads the settings of an application without building it: by the class, and from the place, that its
 * `SettingsModule.forRoot()` names. What `place` says goes before that.
 *
 * @throws InvalidSettingsError with every problem in one message, in which no secret appears
 * @throws UnreadableEnvFileError when the file is there and cannot be read
 * @throws AmbiguousSettingsClassError when it finds two classes of which neither extends the other
 */
export function loadSettingsOf(root: Type | DynamicModule, place: LoadSettingsOptions = {}): CoreSettings {
  const { settingsClass, options } = settingsSourceOf(root);
  return loadSettings(settingsClass, { ...options, ...place });
}

function settingsSourceOf(root: Type | DynamicModule): SettingsSource {
  const visited = new Set<unknown>();
  const pending: (ModuleImport | undefined)[] = [root];
  let found: SettingsSource = { settingsClass: CoreSettings };
  for (let current = pending.pop(); current !== undefined || pending.length > 0; current = pending.pop()) {
    if (current === undefined || visited.has(current)) continue;
    visited.add(current);
    if ('forwardRef' in current) pending.push(current.forwardRef());
    else if (!(current instanceof Promise)) {
      const source = providedSource(current);
      if (source !== undefined) found = moreSpecific(found, source);
      pending.push(...importsOf(current));
    }
  }
  return found;
}

function importsOf(module: Type | DynamicModule): readonly (ModuleImport | undefined)[] {
  if ('module' in module) return [module.module, ...((module.imports ?? []) as ModuleImport[])];
  // The key under which `@Module()` keeps its imports; Nest has no public reader for it.
  return (Reflect.getMetadata('imports', module) as ModuleImport[] | undefined) ?? [];
}

function providedSource(module: Type | DynamicModule): SettingsSource | undefined {
  if (!('module' in module)) return undefined;
  for (const provider of module.providers ?? []) {
    if ('provide' in provider && provider.provide === SETTINGS_SOURCE && 'useValue' in provider) {
      return provider.useValue as SettingsSource;
    }
  }
  return undefined;
}

function moreSpecific(one: SettingsSource, other: SettingsSource): SettingsSource {
  if (one.settingsClass === other.settingsClass) return { ...other, options: other.options ?? one.options };
  if (other.settingsClass.prototype instanceof one.settingsClass) return other;
  if (one.settingsClass.prototype instanceof other.settingsClass) return one;
  throw new AmbiguousSettingsClassError(one.settingsClass.name, other.settingsClass.name);
}
