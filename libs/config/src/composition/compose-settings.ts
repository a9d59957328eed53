import { copyValidationRules } from '../definition/validation-rules.js';
import { DuplicateSettingError } from '../errors/config.errors.js';
import {
  declareRule,
  declareSetting,
  lineageOf,
  ownGroup,
  ownRules,
  ownSettings,
  type SettingsClass,
} from '../metadata/settings.metadata.js';

/** The type of an object that has the properties of all fragments. */
export type ComposedSettings<F extends readonly SettingsClass[]> = F extends readonly [
  SettingsClass<infer First>,
  ...infer Rest extends readonly SettingsClass[],
]
  ? First & ComposedSettings<Rest>
  : unknown;

/**
 * Makes one class of several fragments: defaults, decorators, validation rules and getters of each hold for it.
 *
 * A class can extend only one other; fragments keep each concept in its own file and still give one settings class.
 *
 * @throws DuplicateSettingError when two fragments have a property of the same name
 */
export function composeSettings<const F extends readonly SettingsClass[]>(
  ...fragments: F
): SettingsClass<ComposedSettings<F> & object> {
  class FragmentSettings {
    constructor() {
      for (const fragment of fragments) Object.assign(this, new fragment());
    }
  }
  for (const fragment of fragments) adopt(FragmentSettings, fragment);
  return FragmentSettings as SettingsClass<ComposedSettings<F> & object>;
}

function adopt(target: SettingsClass, fragment: SettingsClass): void {
  const taken = new Set(ownSettings(target).keys());
  for (const ancestor of lineageOf(fragment)) {
    const from = ancestor.prototype as object;
    const to = target.prototype as object;
    for (const [property, { options, group = ownGroup(ancestor) }] of ownSettings(ancestor)) {
      if (taken.has(property)) throw new DuplicateSettingError(fragment.name, property);
      declareSetting(target, property, { options, group });
      Reflect.defineMetadata('design:type', Reflect.getOwnMetadata('design:type', from, property), to, property);
    }
    for (const rule of ownRules(ancestor)) declareRule(target, rule);
    const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(from);
    Object.defineProperties(to, members);
  }
  copyValidationRules(fragment, target);
}
