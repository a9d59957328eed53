import { declareSetting, type SettingOptions } from '../metadata/settings.metadata.js';

/**
 * Says more about a setting than its field does: another variable, aliases, that it is secret, what it is for.
 *
 * Only needed where a default value or a class-validator rule does not say enough.
 *
 * @example
 * ```ts
 * class AppSettings extends CoreSettings {
 *   @Setting({ secret: true, description: 'Key of the payment provider.' })
 *   @IsString()
 *   stripeApiKey = '';
 * }
 * ```
 */
export function Setting<S extends object = object>(options: SettingOptions<S> = {}): PropertyDecorator {
  return (target, property) => {
    declareSetting(target.constructor, String(property), { options: { ...options } });
  };
}
