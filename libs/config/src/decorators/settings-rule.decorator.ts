import { declareRule, type SettingsClass, type SettingsRuleFunction } from '../metadata/settings.metadata.js';

/**
 * Adds a check that looks at several settings at once. What it finds is reported together with every other problem.
 *
 * Rules of ancestors run as well; a problem about a setting that is already reported is dropped.
 *
 * @example
 * ```ts
 * @SettingsRule<AppSettings>(({ isProduction, stripeApiKey }) =>
 *   isProduction && !stripeApiKey ? [{ property: 'stripeApiKey', message: 'must be set in production' }] : [],
 * )
 * class AppSettings extends CoreSettings { … }
 * ```
 */
export function SettingsRule<S extends object>(rule: SettingsRuleFunction<S>): (target: SettingsClass<S>) => void {
  return (target) => declareRule(target, rule);
}
