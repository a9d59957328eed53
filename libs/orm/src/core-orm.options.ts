import type { CoreSettings } from '@core-framework/config';
import type { EntityName } from '@mikro-orm/core';
import type { ModelClass } from './fields/field-definition.js';
import type { MigrationSource } from './migrations/migration-source.js';

/** Options of `CoreOrmModule.forRoot`. */
export interface CoreOrmOptions {
  /** Models beyond those that `forFeature` names and those that are related to them. @defaultValue [] */
  readonly models?: readonly ModelClass[];
  /** Entities of MikroORM that are no models, decorated or made by `defineEntity`. @defaultValue [] */
  readonly entities?: readonly EntityName[];
  /** Address of the database. @defaultValue `databaseUrl` of the settings, else `sqlite://./.data/app.db` */
  readonly url?: string;
  /**
   * Addresses of copies that are read outside of transactions, in turn, until the unit of work has written something; one
   * that does not answer is passed over. @defaultValue `dbReplicaUrls` of the settings where the address is
   * that of the settings, else []
   */
  readonly replicas?: readonly string[];
  /** The folder of migrations, or their classes by name. */
  readonly migrations?: MigrationSource;
  /**
   * What happens to the tables when the application starts: `migrate` applies the migrations, `update` makes the tables
   * equal to the models (refused in production), `none` leaves them alone. @defaultValue 'none'
   */
  readonly schema?: 'migrate' | 'update' | 'none';
  /**
   * `false` sends no statement by name, for connection poolers in transaction mode.
   * @defaultValue `dbPreparedStatements` of the settings, else true
   */
  readonly preparedStatements?: boolean;
}

/** What the module must know before its options are there. */
export interface CoreOrmExtras {
  /** Name of the connection; every further database needs one. @defaultValue 'default' */
  readonly name?: string;
  /** Models whose rows are on this connection. @defaultValue [] */
  readonly models?: readonly ModelClass[];
  /** Whether other modules see the database without importing the module. @defaultValue true */
  readonly isGlobal?: boolean;
}

/** Options of `CoreOrmModule.forFeature`. */
export interface FeatureOptions {
  /** The connection that keeps the models' rows. @defaultValue what `@Model` or a `forRoot` says, else `default` */
  readonly connection?: string;
}

/** {@link CoreOrmOptions} with every default filled in. */
export type ResolvedCoreOrmOptions = Required<Omit<CoreOrmOptions, 'url' | 'migrations'>> &
  Pick<CoreOrmOptions, 'url' | 'migrations'>;

/** Token of the options. */
export const CORE_ORM_OPTIONS = Symbol.for('@core-framework/orm:options');

export function resolveCoreOrmOptions(options: CoreOrmOptions, settings?: CoreSettings): ResolvedCoreOrmOptions {
  const preparedStatements = settings?.dbPreparedStatements ?? true;
  // Those of the settings are copies of the database that the settings name.
  const replicas = options.url === undefined ? (settings?.dbReplicaUrls ?? []) : [];
  return { models: [], entities: [], replicas, schema: 'none', preparedStatements, ...options };
}
