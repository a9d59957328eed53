import { AsyncLocalStorage } from 'node:async_hooks';
import type { CoreSettings } from '../core-settings.js';
import type { SettingsClass } from '../metadata/settings.metadata.js';

const given = new AsyncLocalStorage<CoreSettings>();

/**
 * Builds an application with settings that are there already: its `SettingsModule` provides these instead of reading
 * them once more. Whoever needs settings before there is an application reads them once this way.
 */
export function withSettings<T>(settings: CoreSettings, build: () => T): T {
  return given.run(settings, build);
}

/** The settings that {@link withSettings} has in force, if they are of that class. */
export function givenSettings<S extends CoreSettings>(settingsClass: SettingsClass<S>): S | undefined {
  const settings = given.getStore();
  return settings instanceof settingsClass ? settings : undefined;
}
