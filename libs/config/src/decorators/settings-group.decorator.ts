import { declareGroup, type SettingsGroupOptions } from '../metadata/settings.metadata.js';

/** Gives the settings of a class a heading in `.env.example` and in the documentation, and names the package that acts on them. */
export function SettingsGroup(options: SettingsGroupOptions): ClassDecorator {
  return (target) => declareGroup(target, options);
}
