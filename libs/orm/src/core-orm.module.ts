import { CommonModule } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { EntityManager, MikroORM } from '@mikro-orm/core';
import { SqlEntityManager } from '@mikro-orm/sql';
import {
  type ConfigurableModuleAsyncOptions,
  ConfigurableModuleBuilder,
  type DynamicModule,
  Module,
  type Provider,
} from '@nestjs/common';
import { DEFAULT_CONNECTION } from './context/connection-name.js';
import { Connections } from './context/connections.js';
import type { Database } from './context/database.js';
import { openDatabase } from './context/open-database.js';
import { ConnectionDeclaration, ConnectionsModule, FeatureModels } from './context/connections.module.js';
import { CONNECTION_DATABASE, CoreOrmLifecycle } from './core-orm.lifecycle.js';
import {
  CORE_ORM_OPTIONS,
  type CoreOrmExtras,
  type CoreOrmOptions,
  type FeatureOptions,
  resolveCoreOrmOptions,
} from './core-orm.options.js';
import { getDatabaseToken, getManagerToken, getMigrationServiceToken } from './core-orm.tokens.js';
import { OrmOptionsError } from './errors/orm.errors.js';
import type { ModelClass } from './fields/field-definition.js';
import { MigrationService } from './migrations/migration.service.js';
import { modelDefinition } from './models/model-definition.js';
import { createManager, type Manager } from './querysets/manager.js';
import { SeederService } from './seeding/seeder.service.js';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<CoreOrmOptions>({
  optionsInjectionToken: CORE_ORM_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<CoreOrmExtras>(
    { isGlobal: true, name: DEFAULT_CONNECTION, models: [] },
    (module, { isGlobal = true, name = DEFAULT_CONNECTION, models = [] }) => {
      const shared = sharedProviders(name);
      return {
        ...module,
        global: isGlobal,
        providers: [
          ...(module.providers ?? []),
          { provide: ConnectionDeclaration, useValue: new ConnectionDeclaration(name, models) },
          openingProvider(name),
          { provide: CONNECTION_DATABASE, useExisting: getDatabaseToken(name) },
          CoreOrmLifecycle,
          ...shared,
        ],
        exports: [getDatabaseToken(name), ...shared.map(({ provide }) => provide)],
      };
    },
  )
  .build();

function openingProvider(name: string): Provider {
  return {
    provide: getDatabaseToken(name),
    inject: [CORE_ORM_OPTIONS, Connections, { token: CoreSettings, optional: true }],
    useFactory: (options: CoreOrmOptions, connections: Connections, settings?: CoreSettings) => {
      const resolved = resolveCoreOrmOptions(options, settings);
      if (name !== DEFAULT_CONNECTION) requireUrl(name, resolved.url);
      return openDatabase(connections.modelsOf(name, resolved.models), resolved, settings, { name, connections });
    },
  };
}

/** What a connection offers beside its {@link Database}; the default one under MikroORM's own classes. */
function sharedProviders(name: string): (Provider & { readonly provide: symbol | Function })[] {
  const database = getDatabaseToken(name);
  const migrations = {
    inject: [database, CORE_ORM_OPTIONS],
    useFactory: ({ orm }: Database, { migrations: source = {} }: CoreOrmOptions) => new MigrationService(orm, source),
  };
  if (name !== DEFAULT_CONNECTION) return [{ provide: getMigrationServiceToken(name), ...migrations }];
  return [
    { provide: MikroORM, inject: [database], useFactory: ({ orm }: Database) => orm },
    { provide: EntityManager, inject: [database], useFactory: ({ orm }: Database) => orm.em },
    { provide: SqlEntityManager, useExisting: EntityManager },
    { provide: MigrationService, ...migrations },
    { provide: SeederService, useClass: SeederService },
  ];
}

/**
 * Opens the application's database, or one of several, and gives models their Managers.
 *
 * `forRoot` once per database in the root module, under a `name` from the second one on; `forFeature` in each module
 * that injects Managers, which also makes the models known to the database.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     CoreOrmModule.forRoot({ schema: 'update' }),
 *     CoreOrmModule.forRoot({ name: 'reports', url: 'sqlite://./.data/reports.db', models: [Report] }),
 *     CoreOrmModule.forFeature([Post]),
 *   ],
 * })
 * ```
 */
@Module({ imports: [CommonModule, ConnectionsModule] })
export class CoreOrmModule extends ConfigurableModuleClass {
  /** Opens the database that the settings name, or the options. */
  static override forRoot(options: CoreOrmOptions & CoreOrmExtras = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Opens the database that options say which other providers make. The name, and the models of a named connection, are
   * given beside the factory: where models live must be known before any options are.
   */
  static override forRootAsync(options: ConfigurableModuleAsyncOptions<CoreOrmOptions> & CoreOrmExtras): DynamicModule {
    return super.forRootAsync(options);
  }

  /** Provides a Manager for each model, to be injected by `@InjectManager(Model)`. */
  static forFeature(models: readonly ModelClass[], { connection }: FeatureOptions = {}): DynamicModule {
    const managers = models.flatMap((model) => {
      const home = managerProvider(model);
      return connection === undefined ? [home] : [home, managerProvider(model, connection)];
    });
    return {
      module: CoreOrmFeatureModule,
      providers: [...managers, { provide: FeatureModels, useValue: new FeatureModels(models, connection) }],
      exports: managers.map(({ provide }) => provide),
    };
  }
}

@Module({})
class CoreOrmFeatureModule {}

function managerProvider(model: ModelClass, connection?: string) {
  const definition = modelDefinition(model);
  // So that whoever injects the Manager finds the database open.
  const database = getDatabaseToken(connection ?? definition.connection);
  return {
    provide: getManagerToken(definition.model, connection),
    inject: [
      { token: Connections, optional: true },
      { token: database, optional: true },
    ],
    useFactory: (connections?: Connections) => managerOf(model, connections, connection),
  };
}

function managerOf(model: ModelClass, connections?: Connections, connection?: string): Manager<object> {
  if (connections) return createManager(model, connection === undefined ? connections : connections.get(connection));
  throw new OrmOptionsError(
    `CoreOrmModule.forFeature([${model.name}]) is imported, but CoreOrmModule.forRoot() is not.`,
    {
      fix: 'Import CoreOrmModule.forRoot() in the root module.',
    },
  );
}

function requireUrl(name: string, url: string | undefined): void {
  if (url !== undefined) return;
  throw new OrmOptionsError(`The connection "${name}" has no address; DATABASE_URL is that of the default one.`, {
    fix: `Pass url to CoreOrmModule.forRoot({ name: '${name}' }).`,
  });
}
