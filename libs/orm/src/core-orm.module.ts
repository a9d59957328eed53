import { CommonModule } from '@core-framework/common';
import { CoreSettings } from '@core-framework/config';
import { EntityManager, MikroORM } from '@mikro-orm/core';
import { SqlEntityManager } from '@mikro-orm/sql';
import { ConfigurableModuleBuilder, type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Database } from './context/database.js';
import { openDatabase } from './context/open-database.js';
import { SeederService } from './seeding/seeder.service.js';
import { CoreOrmLifecycle } from './core-orm.lifecycle.js';
import {
  CORE_ORM_OPTIONS,
  type CoreOrmExtras,
  type CoreOrmOptions,
  resolveCoreOrmOptions,
} from './core-orm.options.js';
import { DATABASE, getManagerToken } from './core-orm.tokens.js';
import { OrmOptionsError } from './errors/orm.errors.js';
import type { ModelClass } from './fields/field-definition.js';
import { MigrationService } from './migrations/migration.service.js';
import { modelDefinition } from './models/model-definition.js';
import { createManager, type Manager } from './querysets/manager.js';

/** The models that one `forFeature` names; the database collects them from all modules. */
class FeatureModels {
  constructor(readonly models: readonly ModelClass[]) {}
}

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<CoreOrmOptions>({
  optionsInjectionToken: CORE_ORM_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<CoreOrmExtras>({ isGlobal: true }, (module, { isGlobal = true }) => ({ ...module, global: isGlobal }))
  .build();

const PROVIDERS: Provider[] = [
  {
    provide: DATABASE,
    inject: [CORE_ORM_OPTIONS, ModulesContainer, { token: CoreSettings, optional: true }],
    useFactory: (options: CoreOrmOptions, modules: ModulesContainer, settings?: CoreSettings) => {
      const resolved = resolveCoreOrmOptions(options, settings);
      return openDatabase([...resolved.models, ...featureModels(modules)], resolved, settings);
    },
  },
  { provide: MikroORM, inject: [DATABASE], useFactory: ({ orm }: Database) => orm },
  { provide: EntityManager, inject: [DATABASE], useFactory: ({ orm }: Database) => orm.em },
  { provide: SqlEntityManager, useExisting: EntityManager },
  {
    provide: MigrationService,
    inject: [DATABASE, CORE_ORM_OPTIONS],
    useFactory: ({ orm }: Database, { migrations = {} }: CoreOrmOptions) => new MigrationService(orm, migrations),
  },
];

/**
 * Opens the application's database and gives models their Managers.
 *
 * `forRoot` once in the root module; `forFeature` in each module that injects Managers, which also makes the models
 * known to the database.
 *
 * @example
 * ```ts
 * @Module({ imports: [CoreOrmModule.forRoot({ schema: 'update' }), CoreOrmModule.forFeature([Post])] })
 * ```
 */
@Module({
  imports: [CommonModule],
  providers: [...PROVIDERS, SeederService, CoreOrmLifecycle],
  exports: [DATABASE, MikroORM, EntityManager, SqlEntityManager, MigrationService, SeederService],
})
export class CoreOrmModule extends ConfigurableModuleClass {
  /** Opens the database that the settings name, or the options. */
  static override forRoot(options: CoreOrmOptions & CoreOrmExtras = {}): DynamicModule {
    return super.forRoot(options);
  }

  /** Provides a Manager for each model, to be injected by `@InjectManager(Model)`. */
  static forFeature(models: readonly ModelClass[]): DynamicModule {
    const managers = models.map((model) => ({
      provide: getManagerToken(modelDefinition(model).model),
      inject: [{ token: DATABASE, optional: true }],
      useFactory: (database?: Database) => managerOf(model, database),
    }));
    return {
      module: CoreOrmFeatureModule,
      providers: [...managers, { provide: FeatureModels, useValue: new FeatureModels(models) }],
      exports: managers.map(({ provide }) => provide),
    };
  }
}

@Module({})
class CoreOrmFeatureModule {}

function managerOf(model: ModelClass, database?: Database): Manager<object> {
  if (database) return createManager(model, database);
  throw new OrmOptionsError(
    `CoreOrmModule.forFeature([${model.name}]) is imported, but CoreOrmModule.forRoot() is not.`,
    {
      fix: 'Import CoreOrmModule.forRoot() in the root module.',
    },
  );
}

function featureModels(modules: ModulesContainer): ModelClass[] {
  return [...modules.values()].flatMap(({ providers }) => {
    const found: unknown = providers.get(FeatureModels)?.instance;
    return found instanceof FeatureModels ? found.models : [];
  });
}
