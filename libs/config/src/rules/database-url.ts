import type { DatabaseSettings } from '../fragments/database.settings.js';
import type { GivenSettings, RuleViolation } from '../metadata/settings.metadata.js';

const PARTS = ['dbDriver', 'dbHost', 'dbUser', 'dbPassword', 'dbName'] as const;
const NEEDED_PARTS = ['dbUser', 'dbName'] as const;

function isMadeOfParts(given: GivenSettings): boolean {
  return !given.has('databaseUrl') && PARTS.some((part) => given.has(part));
}

export function defaultDatabasePort({ dbDriver }: DatabaseSettings): number | undefined {
  return dbDriver === 'postgresql' ? undefined : 3306;
}

/** Makes an address of the parts; nothing when no part is given or one that is needed lacks. */
export function databaseUrlFromParts(settings: DatabaseSettings, given: GivenSettings): string | undefined {
  const { dbDriver, dbHost, dbPort, dbUser, dbPassword, dbName } = settings;
  if (!isMadeOfParts(given) || dbUser === undefined || dbName === undefined) return undefined;
  const password = dbPassword === undefined ? '' : `:${encodeURIComponent(dbPassword)}`;
  const host = dbHost.includes(':') && !dbHost.startsWith('[') ? `[${dbHost}]` : dbHost;
  return `${dbDriver}://${encodeURIComponent(dbUser)}${password}@${host}:${dbPort}/${encodeURIComponent(dbName)}`;
}

/** Refuses half an address: falling back to the embedded database would hide the mistake. */
export function requireAllDatabaseParts(settings: DatabaseSettings, given: GivenSettings): readonly RuleViolation[] {
  if (!isMadeOfParts(given)) return [];
  return NEEDED_PARTS.filter((part) => settings[part] === undefined).map((property) => ({
    property,
    message: 'must be set when DATABASE_URL is not and other DB_* variables are',
  }));
}
