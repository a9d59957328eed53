import { isAssembledOnly } from '@core-framework/common';
import type { CoreSettings } from '@core-framework/config';
import { MikroORM } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import { type Dialect, Kysely } from 'kysely';
import type { ResolvedCoreOrmOptions } from '../core-orm.options.js';
import { type DatabaseUrl, databaseUrlOf, describeDatabase, sqlDialectOf } from '../databases/database-url.js';
import { createDriverOptions } from '../databases/driver-options.js';
import { runnerOf } from '../databases/statement-runner.js';
import { DatabaseUnreachableError } from '../errors/database.errors.js';
import { InvalidModelError, OrmOptionsError } from '../errors/orm.errors.js';
import { checkDecimalDigits } from '../fields/decimal-digits.js';
import type { ModelClass } from '../fields/field-definition.js';
import { MigrationService } from '../migrations/migration.service.js';
import { entitySchemaOf } from '../models/entity-schema.js';
import { declareConstraints } from '../models/model-constraints.js';
import { modelDefinition } from '../models/model-definition.js';
import { whileDiscovering } from '../models/retargeting.js';
import { Connections } from './connections.js';
import { DEFAULT_CONNECTION } from './connection-name.js';
import { Database } from './database.js';
import { Replicas } from './replicas.js';
import type { Signals } from './signals.js';

let opened = 0;

function chosenDatabase({ url }: ResolvedCoreOrmOptions, settings?: CoreSettings): DatabaseUrl {
  return databaseUrlOf(url === undefined ? (settings ?? {}) : { databaseUrl: url });
}

/** Where an opened database belongs. */
export interface DatabasePlace {
  /** @defaultValue 'default' */
  readonly name?: string;
  /** The other databases of the application. @defaultValue none */
  readonly connections?: Connections;
}

/**
 * Opens the database for the given models, and those that relations lead to from them, and brings its tables to where
 * the options want them.
 *
 * @throws DatabaseUnreachableError when it cannot be reached.
 */
export async function openDatabase(
  models: readonly ModelClass[],
  options: ResolvedCoreOrmOptions,
  settings?: CoreSettings,
  { name = DEFAULT_CONNECTION, connections = new Connections() }: DatabasePlace = {},
): Promise<Database> {
  const url = chosenDatabase(options, settings);
  refuseUpdateInProduction(options, settings);
  const known = whileDiscovering(
    () => models,
    () => withRelated(models),
  );
  checkDecimalDigits(sqlDialectOf(url), known);
  whileDiscovering(
    () => known,
    () => checkRelationsToKeys(known),
  );
  // MikroORM asks for the context already while it is constructed.
  const made: { database?: Database } = {};
  const driver = await createDriverOptions(url, { ...settings, onStatement: (sql) => made.database?.announce(sql) });
  const makeOrm = () => {
    const discovered = new MikroORM<AbstractSqlDriver>({
      ...driver,
      entities: [...known].map((model) => entitySchemaOf(model)).concat(options.entities as never[]),
      metadataProvider: ReflectMetadataProvider,
      // MikroORM keeps transactions by this name; two applications in one process must not see each other's.
      contextName: `core-orm-${++opened}`,
      context: () => made.database?.contextualEntityManager(),
      discovery: { warnWhenNoEntities: false },
      // Accessors that every new instance would define for each of its columns: half of what reading rows costs. The sides
      // of a relation tell each other all the same, by those of managed instances.
      propagationOnPrototype: false,
      forceUtcTimezone: true,
    });
    declareConstraints(discovered);
    return discovered;
  };
  const orm = whileDiscovering(() => known, makeOrm);
  const database = new Database({
    orm,
    dialect: sqlDialectOf(url),
    description: describeDatabase(url),
    preparedStatements: options.preparedStatements,
    name,
    connections,
    models: [...known],
    replicas: await openReplicas(url, options, settings),
    signals: await openSignals(url, orm, options, settings),
  });
  made.database = database;
  try {
    if (isAssembledOnly()) await orm.connect();
    else {
      await connect(orm, url);
      await prepareTables(orm, options);
    }
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}

/** Poolers in front of the server lend a connection for a transaction only: nobody could listen on it. */
async function openSignals(
  url: DatabaseUrl,
  { driver }: MikroORM<AbstractSqlDriver>,
  { preparedStatements }: ResolvedCoreOrmOptions,
  settings?: CoreSettings,
): Promise<Signals | undefined> {
  if (url.dialect !== 'postgresql' || !preparedStatements || settings?.dbPoolEnabled === false) return undefined;
  const { PostgresSignals } = await import('../databases/postgres/postgres-signals.js');
  return new PostgresSignals(url, (query) => runnerOf(driver.getConnection().getClient<unknown>()).run(query));
}

async function openReplicas(
  primary: DatabaseUrl,
  { replicas }: ResolvedCoreOrmOptions,
  settings?: CoreSettings,
): Promise<Replicas | undefined> {
  if (replicas.length === 0) return undefined;
  const copies = replicas.map(async (address) => {
    const url = databaseUrlOf({ databaseUrl: address });
    if (sqlDialectOf(url) !== sqlDialectOf(primary)) {
      throw new OrmOptionsError(`The replica ${describeDatabase(url)} is not of the kind of its primary.`, {
        fix: `Name a copy of ${describeDatabase(primary)}.`,
      });
    }
    const { driverOptions } = await createDriverOptions(url, { ...settings });
    const dialect = (driverOptions as unknown as () => Dialect)();
    return { description: describeDatabase(url), kysely: new Kysely<unknown>({ dialect }) };
  });
  return new Replicas(await Promise.all(copies));
}

/** The models and all that relations lead to from them: a table cannot point to one that nobody knows. */
function withRelated(models: readonly ModelClass[]): ReadonlySet<ModelClass> {
  const found = new Set(models);
  // A set also visits what is added to it meanwhile.
  for (const model of found) {
    for (const { relation } of modelDefinition(model).fields.values()) if (relation) found.add(relation.target());
  }
  return found;
}

/** Columns and link tables hold one value of a key. @throws InvalidModelError when a relation leads to rows that have no such key. */
function checkRelationsToKeys(models: ReadonlySet<ModelClass>): void {
  for (const model of models) {
    const { fields, keys, name } = modelDefinition(model);
    for (const { name: field, relation } of fields.values()) {
      if (!relation) continue;
      const target = modelDefinition(relation.target());
      const linked = relation.kind === 'manyToMany' && keys.length > 1;
      const pointed = (relation.owner || relation.kind === 'manyToMany') && target.keys.length > 1;
      if (!linked && !pointed) continue;
      throw new InvalidModelError(`${name}.${field} needs ${linked ? name : target.name} to have a key of one value.`, {
        fix: 'Give that model an id, and make the fields of its key unique together.',
      });
    }
  }
}

async function connect(orm: MikroORM<AbstractSqlDriver>, url: DatabaseUrl): Promise<void> {
  await orm.connect();
  const check = await orm.driver.getConnection().checkConnection();
  if (check.ok) return;
  if (check.error instanceof DatabaseUnreachableError) throw check.error;
  throw new DatabaseUnreachableError(describeDatabase(url), check.reason, 'Check DATABASE_URL.', check.error);
}

function refuseUpdateInProduction({ schema }: ResolvedCoreOrmOptions, settings?: CoreSettings): void {
  if (schema !== 'update' || !settings?.isProduction) return;
  throw new OrmOptionsError("schema: 'update' changes tables without a migration, which production refuses.", {
    fix: "Generate a migration and use schema: 'migrate'.",
  });
}

async function prepareTables(
  orm: MikroORM<AbstractSqlDriver>,
  { migrations, schema }: ResolvedCoreOrmOptions,
): Promise<void> {
  if (schema === 'update') await orm.schema.update();
  if (schema !== 'migrate') return;
  if (migrations === undefined) {
    throw new OrmOptionsError("schema: 'migrate' was asked for, but no migrations are given.", {
      fix: 'Pass the folder: migrations: new URL("./migrations/", import.meta.url).',
    });
  }
  await new MigrationService(orm, migrations).migrate();
}
