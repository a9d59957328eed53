import { getMetadataStorage } from 'class-validator';
import type { SettingsClass } from '../metadata/settings.metadata.js';

/** What class-validator keeps about one decorator. */
export interface ValidationRule {
  readonly property: string;
  /** Name of the rule: `isInt`, `min`, `isOptional`… */
  readonly name: string;
  readonly constraints: readonly unknown[];
  /** The rule holds for each item of a list. */
  readonly each: boolean;
  /** The message is a fixed text, so that it cannot quote the value. */
  readonly hasFixedMessage: boolean;
}

/** Reads the class-validator rules of a class and of its ancestors, in the order of their declaration. */
export function validationRulesOf(target: SettingsClass): readonly ValidationRule[] {
  return getMetadataStorage()
    .getTargetValidationMetadatas(target, '', true, false)
    .map(({ propertyName, name, constraints, each, message }) => ({
      property: propertyName,
      name: name ?? '',
      constraints: constraints ?? [],
      each,
      hasFixedMessage: typeof message === 'string' && !message.includes('$value'),
    }));
}

/** Makes the rules of one class hold for another that does not extend it. */
export function copyValidationRules(from: SettingsClass, to: SettingsClass): void {
  const storage = getMetadataStorage();
  for (const metadata of storage.getTargetValidationMetadatas(from, '', true, false)) {
    storage.addValidationMetadata(Object.assign({}, metadata, { target: to }));
  }
}
