import { settingsDefinitionOf } from '../definition/setting-definition.js';
import type { SettingsClass } from '../metadata/settings.metadata.js';

const MASK = '[secret]';

/** Copies settings for people to read; secrets that are set are replaced, so that one sees that they are. */
export function maskSecrets(settings: object): Readonly<Record<string, unknown>> {
  const secrets = new Set(
    settingsDefinitionOf(settings.constructor as SettingsClass)
      .settings.filter(({ secret }) => secret)
      .map(({ property }) => property),
  );
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, secrets.has(key) && value ? MASK : (value as unknown)]),
  );
}
