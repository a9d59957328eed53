export { loadSettingsOf, settingsClassOf } from './application-settings.js';
export { composeSettings, type ComposedSettings } from './composition/compose-settings.js';
export { CoreSettings } from './core-settings.js';
export { Setting } from './decorators/setting.decorator.js';
export { SettingsGroup } from './decorators/settings-group.decorator.js';
export { SettingsRule } from './decorators/settings-rule.decorator.js';
export { describeSettings, type SettingDescription } from './description/describe-settings.js';
export { renderEnvExample } from './description/env-example.js';
export { renderSettingsPage } from './description/settings-page.js';
export {
  AmbiguousSettingsClassError,
  DuplicateSettingError,
  type InvalidSetting,
  InvalidSettingsError,
  UnreadableEnvFileError,
  UnsupportedSettingError,
} from './errors/config.errors.js';
export { ApplicationSettings, type Environment } from './fragments/application.settings.js';
export { AuthSettings, type TokenAlgorithm } from './fragments/auth.settings.js';
export { CorsSettings } from './fragments/cors.settings.js';
export { type DatabaseDriver, DatabaseSettings } from './fragments/database.settings.js';
export { EncryptionSettings } from './fragments/encryption.settings.js';
export { type LogFormat, LoggingSettings, type LogLevel } from './fragments/logging.settings.js';
export { MailSettings } from './fragments/mail.settings.js';
export { MessagingSettings } from './fragments/messaging.settings.js';
export { OAuthSettings } from './fragments/oauth.settings.js';
export { type PageFormat, PaginationSettings } from './fragments/pagination.settings.js';
export { RateLimitSettings } from './fragments/rate-limit.settings.js';
export { RedisSettings } from './fragments/redis.settings.js';
export { type ErrorFormat, type ResponseFormat, ResponseSettings } from './fragments/response.settings.js';
export { ServerSettings } from './fragments/server.settings.js';
export { TasksSettings } from './fragments/tasks.settings.js';
export { TimeSettings } from './fragments/time.settings.js';
export { UploadSettings } from './fragments/uploads.settings.js';
export type { Variables } from './loading/env-file.js';
export { withSettings } from './loading/given-settings.js';
export { loadSettings, type LoadSettingsOptions } from './loading/load-settings.js';
export type {
  GivenSettings,
  RuleViolation,
  SettingOptions,
  SettingsClass,
  SettingsGroupOptions,
  SettingsRuleFunction,
} from './metadata/settings.metadata.js';
export { SettingsModule } from './settings.module.js';
