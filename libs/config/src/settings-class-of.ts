import type { DynamicModule, ForwardReference, Type } from '@nestjs/common';
import { CoreSettings } from './core-settings.js';
import { AmbiguousSettingsClassError } from './errors/config.errors.js';
import type { SettingsClass } from './metadata/settings.metadata.js';
import { SETTINGS_CLASS } from './settings.module.js';

type ModuleImport = Type | DynamicModule | ForwardReference<() => Type | DynamicModule> | Promise<DynamicModule>;

/**
 * Finds the settings class of an application without building it, by following the imports of its module to
 * `SettingsModule.forRoot()`; {@link CoreSettings} when there is none. Imports that are promises are not followed.
 *
 * @throws AmbiguousSettingsClassError when it finds two classes of which neither extends the other
 */
export function settingsClassOf(root: Type | DynamicModule): SettingsClass<CoreSettings> {
  const visited = new Set<unknown>();
  const pending: (ModuleImport | undefined)[] = [root];
  let found: SettingsClass<CoreSettings> = CoreSettings;
  for (let current = pending.pop(); current !== undefined || pending.length > 0; current = pending.pop()) {
    if (current === undefined || visited.has(current)) continue;
    visited.add(current);
    if ('forwardRef' in current) pending.push(current.forwardRef());
    else if (!(current instanceof Promise)) {
      const settingsClass = providedClass(current);
      if (settingsClass !== undefined) found = moreSpecific(found, settingsClass);
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

function providedClass(module: Type | DynamicModule): SettingsClass<CoreSettings> | undefined {
  if (!('module' in module)) return undefined;
  for (const provider of module.providers ?? []) {
    if ('provide' in provider && provider.provide === SETTINGS_CLASS && 'useValue' in provider) {
      return provider.useValue as SettingsClass<CoreSettings>;
    }
  }
  return undefined;
}

function moreSpecific(
  one: SettingsClass<CoreSettings>,
  other: SettingsClass<CoreSettings>,
): SettingsClass<CoreSettings> {
  if (one === other || other.prototype instanceof one) return other;
  if (one.prototype instanceof other) return one;
  throw new AmbiguousSettingsClassError(one.name, other.name);
}
