import { FILE_STORAGE, type FileStorage, PayloadSchemaRegistry } from '@core-framework/common';
import { Connections, createManager, type Manager, type ModelClass, runInContext } from '@core-framework/orm';
import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, ModuleRef } from '@nestjs/core';
import type { CompiledView } from './compiler/compiled-view.js';
import { ViewCompiler } from './compiler/view.compiler.js';
import { ViewSetRegistry } from './compiler/viewset.registry.js';
import { InvalidOptionError, UndecoratedViewError, UnregisteredModelError } from './errors/viewset.errors.js';
import { ownViewSet, resolvedViewSet } from './metadata/viewset.metadata.js';
import { CursorSeal } from './pagination/cursor-seal.js';
import { PipelineServices } from './pipeline/pipeline-services.js';
import { inputPayloads } from './schemas/input-payloads.js';
import { OutputCompiler } from './schemas/output.compiler.js';
import { RelatedRows } from './schemas/related-rows.js';
import { RelationLoader } from './schemas/relation-loader.js';
import { uploadServicesOf } from './uploads/upload-services.js';
import { View } from './views/view.js';
import { ViewSetDefaults } from './viewset.defaults.js';

/** Finds the views among the controllers at start-up and compiles them. */
@Injectable()
export class ViewSetExplorer implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly discovery: DiscoveryService,
    private readonly registry: ViewSetRegistry,
    private readonly services: PipelineServices,
    private readonly defaults: ViewSetDefaults,
  ) {}

  /** @throws UndecoratedViewError, UnregisteredModelError, and whatever is wrong with the options of a view. */
  async onModuleInit(): Promise<void> {
    const connections = this.#find<Connections>(Connections);
    const compiler = this.#compiler(connections);
    for (const wrapper of this.discovery.getControllers()) {
      const { metatype: view, host } = wrapper;
      if (!isView(view) || this.registry.has(view)) continue;
      if (!ownViewSet(view)) throw new UndecoratedViewError(view.name);
      const { model } = resolvedViewSet(view);
      if (model && !connections?.of(model).serves(model)) throw new UnregisteredModelError(view.name, model.name);
      // Permissions are made in the module of the view, so that they inject what the view may inject.
      const module = host?.getProviderByKey<ModuleRef>(ModuleRef).instance ?? this.modules;
      const instance = wrapper.isDependencyTreeStatic() ? (wrapper.instance as View) : undefined;
      const compile = () => compiler.compile({ view, instance, module });
      // As the application's own work: where relations to abstract classes lead differs from one to the next.
      const database = model && connections?.of(model);
      this.registry.add(await (database ? runInContext(compile, { database }) : compile()));
    }
    for (const compiled of this.registry.all) assertParent(compiled, this.registry);
  }

  #compiler(connections: Connections | undefined): ViewCompiler {
    const managers = new Map<ModelClass, Manager<object>>();
    const managerOf = (model: ModelClass): Manager<object> => {
      let manager = managers.get(model);
      if (!manager) managers.set(model, (manager = createManager(model, connections)));
      return manager;
    };
    const { options, settings } = this.defaults;
    const uploads = uploadServicesOf(this.#find<FileStorage>(FILE_STORAGE), settings);
    const relatedRows = new RelatedRows(managerOf);
    const { allowedExtensions } = uploads;
    this.#find<PayloadSchemaRegistry>(PayloadSchemaRegistry)?.register(
      inputPayloads({ relatedRows, allowedExtensions }),
    );
    return new ViewCompiler({
      defaults: options,
      pipeline: this.services,
      outputs: new OutputCompiler(new RelationLoader(managerOf), uploads.storage, options.maxExpandedRows),
      uploads,
      relatedRows,
      managerOf,
      cursorSeal: new CursorSeal(settings?.secretKey ?? ''),
      viewOf: (view) => this.registry.get(view),
      connections,
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

/** @throws InvalidOptionError unless the ViewSet that a nested one needs to find parents is there for all requests. */
function assertParent({ view, options: { parent } }: CompiledView, registry: ViewSetRegistry): void {
  if (!parent) return;
  const name = parent.viewset.name;
  const owner = `@ViewSet of ${view.name}`;
  if (!registry.has(parent.viewset)) {
    throw new InvalidOptionError(owner, `its "parent" ${name} is not registered.`, `Register ${name} as well.`);
  }
  if (!registry.get(parent.viewset).instance) {
    const problem = `its "parent" ${name} is made anew for each request.`;
    throw new InvalidOptionError(owner, problem, `Inject nothing of request scope into ${name}.`);
  }
}

function isView(type: unknown): type is Type<View> {
  return typeof type === 'function' && type.prototype instanceof View;
}
