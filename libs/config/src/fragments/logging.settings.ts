import { IsIn } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import type { ApplicationSettings } from './application.settings.js';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_FORMATS = ['json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** How much is logged, and in which form. Logs go to standard output. */
@SettingsGroup({ title: 'Logging', owner: '@core-framework/platform' })
export class LoggingSettings {
  /** The least important messages that are logged. */
  @Setting({
    description: 'The least important messages that are logged. `WARNING` and `CRITICAL` are understood.',
    synonyms: { warning: 'warn', critical: 'fatal', notset: 'trace' },
  })
  @IsIn(LOG_LEVELS)
  logLevel: LogLevel = 'info';

  /** `pretty` is for people, `json` for machines; without a value people get theirs in development. */
  @Setting<ApplicationSettings>({
    description: 'Form of the log lines. `pretty` in development, else `json`, when not set.',
    synonyms: { text: 'pretty' },
    derive: ({ isDevelopment }) => (isDevelopment ? 'pretty' : 'json'),
  })
  @IsIn(LOG_FORMATS)
  logFormat: LogFormat = 'json';
}
