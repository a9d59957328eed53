import { DuplicateSettingError, UnsupportedSettingError } from '../errors/config.errors.js';
import {
  type DeclaredSetting,
  lineageOf,
  ownGroup,
  ownRules,
  ownSettings,
  type SettingOptions,
  type SettingsClass,
  type SettingsGroupOptions,
  type SettingsRuleFunction,
} from '../metadata/settings.metadata.js';
import { type ValidationRule, validationRulesOf } from './validation-rules.js';
import { inferShape, type ValueShape } from './value-shape.js';
import { variableNameOf } from './variable-name.js';

/** Everything that is known about one setting of a class. */
export interface SettingDefinition {
  readonly property: string;
  readonly variable: string;
  /** The variable first, then its aliases. */
  readonly names: readonly string[];
  readonly shape: ValueShape;
  readonly defaultValue: unknown;
  readonly secret: boolean;
  /** A value must come from outside: there is no default and no `@IsOptional()`. */
  readonly required: boolean;
  readonly rules: readonly ValidationRule[];
  readonly options: SettingOptions<never>;
  readonly group: SettingsGroupOptions;
}

/** The settings of a class and the checks that look at several of them. */
export interface SettingsDefinition {
  readonly settings: readonly SettingDefinition[];
  readonly rules: readonly SettingsRuleFunction<never>[];
}

const APPLICATION_GROUP: SettingsGroupOptions = { title: 'Application settings', owner: 'application' };
const cache = new WeakMap<SettingsClass, SettingsDefinition>();

/**
 * Reads what decorators, default values and validation rules say about a settings class, once per class.
 *
 * @throws UnsupportedSettingError for a property whose type no variable can carry
 * @throws DuplicateSettingError when two properties claim one variable
 */
export function settingsDefinitionOf(target: SettingsClass): SettingsDefinition {
  let definition = cache.get(target);
  if (definition === undefined) {
    definition = { settings: define(target), rules: lineageOf(target).flatMap(ownRules) };
    cache.set(target, definition);
  }
  return definition;
}

function define(target: SettingsClass): readonly SettingDefinition[] {
  const declared = declaredSettings(target);
  const rules = Map.groupBy(validationRulesOf(target), ({ property }) => property);
  const defaults = new Map<string, unknown>(
    Object.entries(new target()).filter(([, value]) => typeof value !== 'function'),
  );
  const properties = new Set([...declared.keys(), ...rules.keys(), ...defaults.keys()]);
  const settings = [...properties].map((property) => {
    const { options, group = APPLICATION_GROUP } = declared.get(property) ?? { options: {} };
    const ownValidation = rules.get(property) ?? [];
    const defaultValue = defaults.get(property);
    const designType: unknown = Reflect.getMetadata('design:type', target.prototype as object, property);
    const shape = inferShape({ defaultValue, designType, rules: ownValidation });
    if (shape === undefined) throw new UnsupportedSettingError(target.name, property);
    const variable = options.env ?? variableNameOf(property);
    return {
      property,
      variable,
      names: [variable, ...(options.aliases ?? [])],
      shape,
      defaultValue,
      secret: options.secret ?? soundsSecret(property, shape),
      required:
        defaultValue === undefined &&
        ownValidation.length > 0 &&
        !ownValidation.some(({ name }) => name === 'isOptional'),
      rules: ownValidation,
      options,
      group,
    };
  });
  refuseSharedNames(target, settings);
  return settings;
}

/** Forgetting to mark a secret must not print it; numbers such as `maxToken` are none. */
function soundsSecret(property: string, { kind, choices }: ValueShape): boolean {
  return kind === 'string' && choices === undefined && /(key|secret|password|passphrase|token)s?$/i.test(property);
}

/** Merges what each class of the lineage declares: a subclass may add to what its parent said about a property. */
function declaredSettings(target: SettingsClass): ReadonlyMap<string, DeclaredSetting> {
  const merged = new Map<string, DeclaredSetting>();
  for (const ancestor of lineageOf(target)) {
    for (const [property, { options, group = ownGroup(ancestor) }] of ownSettings(ancestor)) {
      const inherited = merged.get(property);
      merged.set(property, { options: { ...inherited?.options, ...options }, group: inherited?.group ?? group });
    }
  }
  return merged;
}

function refuseSharedNames(target: SettingsClass, settings: readonly SettingDefinition[]): void {
  const seen = new Set<string>();
  for (const name of settings.flatMap(({ names }) => names)) {
    if (seen.has(name)) throw new DuplicateSettingError(target.name, name);
    seen.add(name);
  }
}
