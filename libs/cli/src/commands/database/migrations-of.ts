import { getMigrationServiceToken, MigrationService } from '@core-framework/orm';
import { UsageError } from '../../errors/cli.errors.js';
import { type AssembledApplication, ORM } from '../../project/assembled-application.js';

/** Options that choose a database. */
export interface DatabaseOptions {
  /** Name of the connection. */
  readonly database?: string;
}

/** The migrations of the application's default database, or of a named connection. */
export function migrationsOf(application: AssembledApplication, { database }: DatabaseOptions): MigrationService {
  if (database === undefined || database === 'default') {
    const service = application.find<MigrationService>(MigrationService);
    if (service) return service;
    if (!application.find(Symbol.for('@core-framework/orm:database'))) application.need(MigrationService, ORM);
    throw new UsageError(
      'The application names no migrations.',
      "Pass their folder to CoreOrmModule.forRoot(): migrations: new URL('./migrations/', import.meta.url).",
    );
  }
  const service = application.find<MigrationService>(getMigrationServiceToken(database));
  if (service) return service;
  throw new UsageError(
    `No connection "${database}" has migrations.`,
    'Name a connection whose CoreOrmModule.forRoot() has "migrations".',
  );
}
