import { CommonModule } from '@core-framework/common';
import { CoreOrmModule } from '@core-framework/orm';
import {
  ConfigurableModuleBuilder,
  type DynamicModule,
  Global,
  Module,
  type ModuleMetadata,
  type NestModule,
  type Type,
} from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ViewSetRegistry } from './compiler/viewset.registry.js';
import { resolvedViewSet } from './metadata/viewset.metadata.js';
import { OpenRoutesReport } from './checks/open-routes.report.js';
import { ViewCheckRegistrar } from './checks/view-check.registrar.js';
import { ActionHookBinder } from './pipeline/action-hook-binder.js';
import { CallerIdentification } from './pipeline/caller.js';
import { PipelineServices } from './pipeline/pipeline-services.js';
import { ApiIndex } from './routing/api-index.js';
import { applyBodyLimits } from './routing/body-limit.js';
import { assertDistinctRoutes } from './routing/duplicate-routes.js';
import { carryModulePaths } from './routing/module-paths.js';
import { RouteList } from './routing/route-list.js';
import { RouteTable } from './routing/route-table.js';
import type { View } from './views/view.js';
import { ViewSetDefaults } from './viewset.defaults.js';
import { ViewSetAnnouncer } from './viewset.announcer.js';
import { ViewSetExplorer } from './viewset.explorer.js';
import { VIEWSET_MODULE_OPTIONS, type ViewSetModuleOptions } from './viewset.options.js';

/** What every application has once, however often the module below is imported. */
@Global()
@Module({
  imports: [CommonModule, DiscoveryModule],
  providers: [
    RouteTable,
    RouteList,
    CallerIdentification,
    PipelineServices,
    ViewSetRegistry,
    ViewSetDefaults,
    ViewSetExplorer,
    ApiIndex,
    ViewSetAnnouncer,
    OpenRoutesReport,
    ActionHookBinder,
    ViewCheckRegistrar,
  ],
  exports: [ViewSetRegistry, RouteList],
})
class ViewSetCoreModule implements NestModule {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly host: HttpAdapterHost,
  ) {}

  // The one hook of Nest between modules and routes.
  configure(): void {
    carryModulePaths(this.modules, isFeature);
    assertDistinctRoutes(this.modules);
    applyBodyLimits(this.host);
  }
}

/** The modules that {@link ViewSetModule.forFeature} made. */
const features = new WeakSet<object>();
const isFeature = (module: object) => features.has(module);

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<ViewSetModuleOptions>({
  optionsInjectionToken: VIEWSET_MODULE_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** What the constructors of a feature's ViewSets and permissions inject. */
export type ViewSetFeatureOptions = Pick<ModuleMetadata, 'imports' | 'providers'>;

/**
 * Serves ViewSets. `forRoot()` once, in the application's module; ViewSets by `forFeature([…])`, or among the
 * `controllers` of any module, whose providers they may then inject.
 */
@Module({ imports: [ViewSetCoreModule] })
export class ViewSetModule extends ConfigurableModuleClass {
  /** Sets what ViewSets do that do not say otherwise. */
  static override forRoot(options: ViewSetModuleOptions = {}): DynamicModule {
    return super.forRoot(options);
  }

  /**
   * Registers ViewSets and ApiViews, and the models they serve. They see the application's global providers, and what
   * the options name.
   */
  static forFeature(
    views: readonly Type<View>[],
    { imports = [], providers = [] }: ViewSetFeatureOptions = {},
  ): DynamicModule {
    const models = views.flatMap((view) => resolvedViewSet(view).model ?? []);
    const database = models.length ? [CoreOrmModule.forFeature([...new Set(models)])] : [];
    // One class each, since Nest keeps the prefix of a module with its class.
    @Module({})
    class ViewSetFeatureModule {}
    features.add(ViewSetFeatureModule);
    return {
      module: ViewSetFeatureModule,
      imports: [ViewSetCoreModule, ...database, ...imports],
      providers,
      controllers: [...views],
    };
  }
}
