import { type SettingDefinition, settingsDefinitionOf } from '../definition/setting-definition.js';
import type { SettingsClass } from '../metadata/settings.metadata.js';

/** One setting as the documentation shows it. */
export interface SettingDescription {
  readonly variable: string;
  readonly property: string;
  /** For people: `integer`, `list of strings`, `json or pretty`. */
  readonly type: string;
  /** The default as one would write it into a variable; `undefined` when there is none. */
  readonly default?: string;
  readonly required: boolean;
  readonly aliases: readonly string[];
  /** The package that acts on it. */
  readonly owner: string;
  readonly secret: boolean;
  readonly description: string;
  /** Heading under which it is documented. */
  readonly group: string;
}

/** Lists the settings of a class in the order of their declaration, for documentation and for tools. */
export function describeSettings(target: SettingsClass): readonly SettingDescription[] {
  return settingsDefinitionOf(target).settings.map((definition) => {
    const { variable, property, names, secret, required, options, group, defaultValue } = definition;
    return {
      variable,
      property,
      type: typeOf(definition),
      ...defaultOf(defaultValue),
      required,
      aliases: names.slice(1),
      owner: options.owner ?? group.owner ?? 'application',
      secret,
      description: options.description ?? '',
      group: group.title,
    };
  });
}

function typeOf({ shape: { kind, list, choices } }: SettingDefinition): string {
  const item = choices?.join(', ') ?? kind;
  if (!list) return choices === undefined ? item : `one of ${item}`;
  return choices === undefined ? `list of ${item}s` : `list of ${item}`;
}

/** Writes a default as a variable would hold it; an empty one is as good as none. */
function defaultOf(value: unknown): { readonly default?: string } {
  if (value === undefined || value === '') return {};
  return { default: Array.isArray(value) ? value.join(',') : `${value as string | number | boolean}` };
}
