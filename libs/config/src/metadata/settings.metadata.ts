import 'reflect-metadata';
import type { InvalidSetting } from '../errors/config.errors.js';

/** A class whose instances are settings; constructed without arguments, its field values are the defaults. */
export type SettingsClass<S extends object = object> = new () => S;

/** The properties that were set from outside, rather than left at their defaults. */
export type GivenSettings = ReadonlySet<string>;

/** What a rule found wrong: the property it blames, and the end of a sentence that starts with its variable. */
export interface RuleViolation {
  readonly property: string;
  /** For example `must be set in production`. Must not hold a secret. */
  readonly message: InvalidSetting['message'];
}

/** Checks settings against each other, after each of them was found valid alone. */
export type SettingsRuleFunction<S> = (settings: S, given: GivenSettings) => readonly RuleViolation[];

/** What `@Setting()` says about one property. */
export interface SettingOptions<S = object> {
  /**
   * The variable it is read from.
   * @defaultValue the property's name in capitals: `stripeApiKey` is read from `STRIPE_API_KEY`
   */
  readonly env?: string;
  /** Other variables that mean the same. Two of them set to different values are an error. */
  readonly aliases?: readonly string[];
  /**
   * Keeps the value out of messages and logs.
   * @defaultValue `true` for a text whose name ends in `key`, `secret`, `password`, `passphrase` or `token`
   */
  readonly secret?: boolean;
  /** One sentence for the generated documentation. */
  readonly description?: string;
  /** The package that acts on it, when it is not the one of the group. */
  readonly owner?: string;
  /** Other spellings of a value: `{ warning: 'warn' }`. Compared without regard to case. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /**
   * Computes the default from other settings when the variable is not set; `undefined` keeps the field's value.
   * Settings declared before this one already have their final values.
   */
  readonly derive?: (settings: S, given: GivenSettings) => unknown;
}

/** The heading under which settings are documented, and the package that acts on them. */
export interface SettingsGroupOptions {
  readonly title: string;
  /** @defaultValue `application` */
  readonly owner?: string;
}

/** An own declaration of a property, with the group of the class that declared it. */
export interface DeclaredSetting {
  readonly options: SettingOptions<never>;
  readonly group?: SettingsGroupOptions;
}

const SETTINGS = Symbol.for('@core-framework/config:settings');
const GROUP = Symbol.for('@core-framework/config:group');
const RULES = Symbol.for('@core-framework/config:rules');

type Declared = ReadonlyMap<string, DeclaredSetting>;

export function declareSetting(target: object, property: string, declared: DeclaredSetting): void {
  Reflect.defineMetadata(SETTINGS, new Map([...ownSettings(target), [property, Object.freeze(declared)]]), target);
}

export function declareGroup(target: object, group: SettingsGroupOptions): void {
  Reflect.defineMetadata(GROUP, Object.freeze({ ...group }), target);
}

export function declareRule(target: object, rule: SettingsRuleFunction<never>): void {
  Reflect.defineMetadata(RULES, Object.freeze([...ownRules(target), rule]), target);
}

/** The settings that this class declares itself, each with its group. */
export function ownSettings(target: object): Declared {
  return (Reflect.getOwnMetadata(SETTINGS, target) as Declared | undefined) ?? new Map<string, DeclaredSetting>();
}

export function ownGroup(target: object): SettingsGroupOptions | undefined {
  return Reflect.getOwnMetadata(GROUP, target) as SettingsGroupOptions | undefined;
}

export function ownRules(target: object): readonly SettingsRuleFunction<never>[] {
  return (Reflect.getOwnMetadata(RULES, target) as readonly SettingsRuleFunction<never>[] | undefined) ?? [];
}

/** The class and its ancestors, the oldest first: what a subclass says comes last and wins. */
export function lineageOf(target: SettingsClass): readonly SettingsClass[] {
  const lineage: SettingsClass[] = [];
  for (let current: unknown = target; typeof current === 'function' && current !== Function.prototype;) {
    lineage.unshift(current as SettingsClass);
    current = Object.getPrototypeOf(current);
  }
  return lineage;
}
