import { type DynamicModule, Module } from '@nestjs/common';
import { CheckRegistry, CommonModule } from '@core-framework/common';
import { CoreSettings } from './core-settings.js';
import { givenSettings } from './loading/given-settings.js';
import { loadSettings, type LoadSettingsOptions } from './loading/load-settings.js';
import { lineageOf, type SettingsClass } from './metadata/settings.metadata.js';

/** Token of a {@link SettingsSource}, by which it is found in an application that is not yet built. */
export const SETTINGS_SOURCE = Symbol.for('@core-framework/config:settings-source');

const SILENCED_CHECKS = Symbol.for('@core-framework/config:silenced-checks');

/** What an application's settings are made of. */
export interface SettingsSource {
  readonly settingsClass: SettingsClass<CoreSettings>;
  readonly options?: LoadSettingsOptions;
}

/**
 * Provides the settings everywhere, under {@link CoreSettings} and under the class it was given, as one instance.
 *
 * They are read when the application is built, not when this file is imported.
 */
@Module({})
export class SettingsModule {
  /** Pass the application's own class, and where to read from when that is not the process's environment. */
  static forRoot(
    settingsClass: SettingsClass<CoreSettings> = CoreSettings,
    options?: LoadSettingsOptions,
  ): DynamicModule {
    // Libraries inject CoreSettings, applications their own class or one between.
    const others = lineageOf(settingsClass).filter(
      (ancestor) =>
        ancestor !== settingsClass && (ancestor === CoreSettings || ancestor.prototype instanceof CoreSettings),
    );
    const source: SettingsSource = { settingsClass, options };
    return {
      module: SettingsModule,
      global: true,
      imports: [CommonModule],
      providers: [
        { provide: SETTINGS_SOURCE, useValue: source },
        {
          provide: settingsClass,
          useFactory: () => givenSettings(settingsClass) ?? loadSettings(settingsClass, options),
        },
        { provide: SILENCED_CHECKS, inject: [CheckRegistry, settingsClass], useFactory: silenceChecks },
        ...others.map((ancestor) => ({ provide: ancestor, useExisting: settingsClass })),
      ],
      exports: [settingsClass, ...others],
    };
  }
}

function silenceChecks(checks: CheckRegistry, { silencedChecks }: CoreSettings): readonly string[] {
  checks.silence(silencedChecks);
  return silencedChecks;
}
