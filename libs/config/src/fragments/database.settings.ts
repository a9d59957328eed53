import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import { databaseUrlFromParts, defaultDatabasePort } from '../rules/database-url.js';

const DATABASE_DRIVERS = ['postgresql', 'mysql', 'mariadb'] as const;
export type DatabaseDriver = (typeof DATABASE_DRIVERS)[number];

/** Which database is used, and how many connections. */
@SettingsGroup({ title: 'Database', owner: '@core-framework/orm' })
export class DatabaseSettings {
  /** Server to connect to when DATABASE_URL is not set and one of these parts is. */
  @Setting({
    description: 'Kind of database server, when `DATABASE_URL` is made of parts.',
    synonyms: { postgres: 'postgresql' },
  })
  @IsIn(DATABASE_DRIVERS)
  dbDriver: DatabaseDriver = 'postgresql';

  @Setting({ description: 'Host of the database server, when `DATABASE_URL` is made of parts.' })
  @IsString()
  @IsNotEmpty()
  dbHost = 'localhost';

  /** Port of the database server; 3306 for MySQL and MariaDB when not set. */
  @Setting<DatabaseSettings>({
    description: 'Port of the database server, when `DATABASE_URL` is made of parts. 3306 for MySQL and MariaDB.',
    derive: defaultDatabasePort,
  })
  @IsInt()
  @Min(1)
  @Max(65535)
  dbPort = 5432;

  @Setting({ description: 'User of the database server, when `DATABASE_URL` is made of parts.' })
  @IsOptional()
  @IsString()
  dbUser?: string;

  @Setting({ secret: true, description: 'Password of the database server, when `DATABASE_URL` is made of parts.' })
  @IsOptional()
  @IsString()
  dbPassword?: string;

  @Setting({ description: 'Name of the database, when `DATABASE_URL` is made of parts.' })
  @IsOptional()
  @IsString()
  dbName?: string;

  /**
   * Address of the database; its scheme chooses the driver, a `+driver` suffix of the scheme is ignored.
   * When it is not set but `DB_USER`, `DB_NAME` or another part is, it is made of the parts.
   */
  @Setting<DatabaseSettings>({
    secret: true,
    description: 'Address of the database. Made of the `DB_*` parts when not set and they are.',
    derive: databaseUrlFromParts,
  })
  @IsString()
  @Matches(/^[a-z][a-z0-9.-]*(\+[a-z0-9_]+)?:\/\//i, {
    message: '$property must be an address such as sqlite://./.data/app.db',
  })
  databaseUrl = 'sqlite://./.data/app.db';

  /** Addresses of copies of the database, which are read outside of transactions. */
  @Setting({
    secret: true,
    description: 'Addresses of copies of the database that are read from, separated by commas.',
  })
  @Matches(/^[a-z][a-z0-9.-]*(\+[a-z0-9_]+)?:\/\//i, {
    each: true,
    message: '$property must list addresses such as postgresql://replica/app',
  })
  dbReplicaUrls: readonly string[] = [];

  /** Logs every statement with its time. */
  @Setting({ aliases: ['DATABASE_ECHO'], description: 'Logs every SQL statement.' })
  @IsBoolean()
  dbEcho = false;

  /** Connections that may be open at once, but for those of `dbMaxOverflow`; on servers, idle ones close after 30 seconds. */
  @Setting({
    description: 'Connections that may be open at once, with `DB_MAX_OVERFLOW` more; idle ones close after 30 s.',
  })
  @IsInt()
  @Min(1)
  dbPoolSize = 5;

  /** How many connections may be open at once beyond the pool's size. */
  @Setting({ description: 'How many connections may be open at once beyond `DB_POOL_SIZE`.' })
  @IsInt()
  @Min(0)
  dbMaxOverflow = 10;

  /** Keeps connections open between uses; without it each use opens and closes its own. */
  @Setting({ description: 'Keeps connections open between uses.' })
  @IsBoolean()
  dbPoolEnabled = true;

  /** Prepares statements under a name and reuses them; poolers that hand out a connection per transaction cannot. */
  @Setting({ description: 'Prepares statements under a name. `false` serves poolers in transaction mode.' })
  @IsBoolean()
  dbPreparedStatements = true;
}
