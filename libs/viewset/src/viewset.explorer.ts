import { CoreSettings, PaginationSettings } from '@core-framework/config';
import { DATABASE, type Database, Manager, type ModelClass } from '@core-framework/orm';
import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import { ViewCompiler } from './compiler/view.compiler.js';
import { ViewSetRegistry } from './compiler/viewset.registry.js';
import { UndecoratedViewError, UnregisteredModelError } from './errors/viewset.errors.js';
import { ownViewSet, resolvedViewSet } from './metadata/viewset.metadata.js';
import { CursorSeal } from './pagination/cursor-seal.js';
import { PipelineServices } from './pipeline/pipeline-services.js';
import { OutputCompiler } from './schemas/output.compiler.js';
import { RelatedRows } from './schemas/related-rows.js';
import { RelationLoader } from './schemas/relation-loader.js';
import { View } from './views/view.js';
import { resolveViewSetModuleOptions, VIEWSET_MODULE_OPTIONS, type ViewSetModuleOptions } from './viewset.options.js';

/** Finds the views among the controllers at start-up and compiles them. */
@Injectable()
export class ViewSetExplorer implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly discovery: DiscoveryService,
    private readonly registry: ViewSetRegistry,
    private readonly services: PipelineServices,
  ) {}

  /** @throws UndecoratedViewError, UnregisteredModelError, and whatever is wrong with the options of a view. */
  async onModuleInit(): Promise<void> {
    const database = this.#find<Database>(DATABASE);
    const compiler = this.#compiler(database);
    for (const { metatype: view, host } of this.discovery.getControllers()) {
      if (!isView(view) || this.registry.has(view)) continue;
      if (!ownViewSet(view)) throw new UndecoratedViewError(view.name);
      const { model } = resolvedViewSet(view);
      if (model && !database?.orm.getMetadata().has(model)) throw new UnregisteredModelError(view.name, model.name);
      // Permissions are made in the module of the view, so that they inject what the view may inject.
      const module = host?.getProviderByKey<ModuleRef>(ModuleRef).instance ?? this.modules;
      this.registry.add(await compiler.compile(view, module));
    }
  }

  #compiler(database: Database | undefined): ViewCompiler {
    const managers = new Map<ModelClass, Manager<object>>();
    const managerOf = (model: ModelClass): Manager<object> => {
      let manager = managers.get(model);
      if (!manager) managers.set(model, (manager = new Manager(model, database)));
      return manager;
    };
    const options = this.#find<ViewSetModuleOptions>(VIEWSET_MODULE_OPTIONS) ?? {};
    const settings = this.#find<CoreSettings>(CoreSettings);
    return new ViewCompiler({
      defaults: resolveViewSetModuleOptions(options, settings ?? new PaginationSettings()),
      pipeline: this.services,
      outputs: new OutputCompiler(new RelationLoader(managerOf)),
      relatedRows: new RelatedRows(managerOf),
      managerOf,
      cursorSeal: new CursorSeal(settings?.secretKey ?? ''),
      database,
    });
  }

  #find<T>(token: symbol | Type<object>): T | undefined {
    try {
      return this.modules.get<T>(token, { strict: false });
    } catch {
      return undefined;
    }
  }
}

function isView(type: unknown): type is Type<View> {
  return typeof type === 'function' && type.prototype instanceof View;
}
