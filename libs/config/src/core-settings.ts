import { inspect } from 'node:util';
import { composeSettings } from './composition/compose-settings.js';
import { SettingsRule } from './decorators/settings-rule.decorator.js';
import { maskSecrets } from './description/mask-secrets.js';
import { ApplicationSettings } from './fragments/application.settings.js';
import { AuthSettings } from './fragments/auth.settings.js';
import { CorsSettings } from './fragments/cors.settings.js';
import { DatabaseSettings } from './fragments/database.settings.js';
import { EncryptionSettings } from './fragments/encryption.settings.js';
import { LoggingSettings } from './fragments/logging.settings.js';
import { MailSettings } from './fragments/mail.settings.js';
import { MessagingSettings } from './fragments/messaging.settings.js';
import { OAuthSettings } from './fragments/oauth.settings.js';
import { keepPageWithinLimit, PaginationSettings } from './fragments/pagination.settings.js';
import { RateLimitSettings } from './fragments/rate-limit.settings.js';
import { RedisSettings } from './fragments/redis.settings.js';
import { ResponseSettings } from './fragments/response.settings.js';
import { ServerSettings } from './fragments/server.settings.js';
import { TasksSettings } from './fragments/tasks.settings.js';
import { TimeSettings } from './fragments/time.settings.js';
import { UploadSettings } from './fragments/uploads.settings.js';
import { requireAllDatabaseParts } from './rules/database-url.js';
import {
  refuseDebugInProduction,
  refuseMemoryDatabaseInProduction,
  requireSecureCookiesInProduction,
  refuseOpenCorsInProduction,
  requireStrongFormerKeys,
  requireStrongSecretKey,
} from './rules/production-rules.js';

// The order is that of the generated documentation, and settings may derive their defaults from earlier ones.
const FrameworkSettings = composeSettings(
  ApplicationSettings,
  ServerSettings,
  CorsSettings,
  ResponseSettings,
  PaginationSettings,
  UploadSettings,
  RateLimitSettings,
  LoggingSettings,
  TimeSettings,
  DatabaseSettings,
  AuthSettings,
  OAuthSettings,
  RedisSettings,
  MessagingSettings,
  TasksSettings,
  MailSettings,
  EncryptionSettings,
);

/**
 * Every setting of the framework. Applications extend it with their own and inject either class.
 *
 * Instances are frozen; printing one or turning it into JSON shows no secret.
 *
 * @example
 * ```ts
 * class AppSettings extends CoreSettings {
 *   @IsString() stripeApiKey = '';          // read from STRIPE_API_KEY
 * }
 * ```
 */
@SettingsRule<CoreSettings>(requireStrongSecretKey)
@SettingsRule<CoreSettings>(requireStrongFormerKeys)
@SettingsRule<CoreSettings>(refuseDebugInProduction)
@SettingsRule<CoreSettings>(requireSecureCookiesInProduction)
@SettingsRule<CoreSettings>(refuseMemoryDatabaseInProduction)
@SettingsRule<CoreSettings>(refuseOpenCorsInProduction)
@SettingsRule<CoreSettings>(requireAllDatabaseParts)
@SettingsRule<CoreSettings>(keepPageWithinLimit)
export class CoreSettings extends FrameworkSettings {
  /** The settings with `[secret]` in place of secrets. */
  toJSON(): Readonly<Record<string, unknown>> {
    return maskSecrets(this);
  }

  [inspect.custom](): Readonly<Record<string, unknown>> {
    return maskSecrets(this);
  }
}
