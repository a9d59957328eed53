import { OpenApiRegistry, UnroutedRequestRegistry } from '@core-framework/common';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ViewSetRegistry } from './compiler/viewset.registry.js';
import { OpenApiContribution } from './openapi/openapi-contribution.js';
import { PipelineServices } from './pipeline/pipeline-services.js';
import { ApiIndex } from './routing/api-index.js';
import { UnroutedHandler } from './routing/unrouted.handler.js';

/** Tells the rest of the application what the views know: verbs without a route, the index and the document of the API. */
@Injectable()
export class ViewSetAnnouncer implements OnModuleInit {
  constructor(
    private readonly registry: ViewSetRegistry,
    private readonly services: PipelineServices,
    private readonly unrouted: UnroutedRequestRegistry,
    private readonly openApi: OpenApiRegistry,
    private readonly index: ApiIndex,
  ) {}

  onModuleInit(): void {
    const { caller, routes } = this.services;
    this.unrouted.register(new UnroutedHandler(routes, this.registry, caller).handle);
    this.unrouted.register(this.index.handle);
    this.openApi.register(new OpenApiContribution(this.registry, caller, this.index).contribute);
  }
}
