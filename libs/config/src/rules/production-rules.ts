import type { ApplicationSettings } from '../fragments/application.settings.js';
import type { AuthSettings } from '../fragments/auth.settings.js';
import type { CorsSettings } from '../fragments/cors.settings.js';
import type { DatabaseSettings } from '../fragments/database.settings.js';
import type { RuleViolation } from '../metadata/settings.metadata.js';

const SHORTEST_KEY_BYTES = 32;
// A random key of 32 characters or more has many more; "aaaa…" and "1234123412341234…" have not.
const FEWEST_DISTINCT_CHARACTERS = 8;
const PLACEHOLDER =
  /change[-_ ]?(me|this|in[-_ ]prod)|replace[-_ ]?(me|this)|your[-_ ]?(jwt[-_ ]?)?secret|insecure|example|super[-_ ]?secret|^(secret|password|development|test)/i;

/** Demands a key wherever restarts and several processes must agree on it, and a good one in production. */
export function requireStrongSecretKey(settings: ApplicationSettings): readonly RuleViolation[] {
  const message = weaknessOf(settings);
  return message === undefined ? [] : [{ property: 'secretKey', message }];
}

/** Whoever guesses a former key writes tokens as well as whoever guesses the one of today. */
export function requireStrongFormerKeys({
  secretKeyFallbacks,
  isProduction,
}: ApplicationSettings & AuthSettings): readonly RuleViolation[] {
  if (!isProduction) return [];
  const weakness = secretKeyFallbacks.map(weaknessOfKey).find((found) => found !== undefined);
  return weakness === undefined ? [] : [{ property: 'secretKeyFallbacks', message: `each ${weakness}` }];
}

function weaknessOf({ secretKey, isProduction, environment }: ApplicationSettings): string | undefined {
  if (secretKey === '') return `must be set when ENVIRONMENT is ${environment}`;
  return isProduction ? weaknessOfKey(secretKey) : undefined;
}

function weaknessOfKey(key: string): string | undefined {
  if (PLACEHOLDER.test(key)) return 'must not be a well-known placeholder in production';
  if (Buffer.byteLength(key) < SHORTEST_KEY_BYTES)
    return `must have at least ${SHORTEST_KEY_BYTES} bytes in production`;
  if (new Set(key).size < FEWEST_DISTINCT_CHARACTERS) return 'must not repeat the same few characters in production';
  return undefined;
}

/** Whoever listens on the way could take the cookie. */
export function requireSecureCookiesInProduction({
  authCookieSecure,
  isProduction,
}: ApplicationSettings & AuthSettings): readonly RuleViolation[] {
  if (!isProduction || authCookieSecure) return [];
  return [{ property: 'authCookieSecure', message: 'must be true in production' }];
}

/** What is kept in memory is gone with the process, accounts included. */
export function refuseMemoryDatabaseInProduction({
  databaseUrl,
  isProduction,
}: ApplicationSettings & DatabaseSettings): readonly RuleViolation[] {
  if (!isProduction || !/:memory:|mode=memory/.test(databaseUrl)) return [];
  return [{ property: 'databaseUrl', message: 'must not be a database in memory in production' }];
}

export function refuseDebugInProduction({ debug, isProduction }: ApplicationSettings): readonly RuleViolation[] {
  return debug && isProduction ? [{ property: 'debug', message: 'must be false in production' }] : [];
}

/** Any page on the web could act in the name of whoever is signed in. */
export function refuseOpenCorsInProduction(settings: ApplicationSettings & CorsSettings): readonly RuleViolation[] {
  const { backendCorsOrigins, corsAllowCredentials, isProduction } = settings;
  if (!isProduction || !corsAllowCredentials || !backendCorsOrigins.includes('*')) return [];
  return [
    {
      property: 'backendCorsOrigins',
      message: 'must not be * in production unless CORS_ALLOW_CREDENTIALS is false',
    },
  ];
}
