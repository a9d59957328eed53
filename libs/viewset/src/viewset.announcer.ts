import { BootReportRegistry, OpenApiRegistry, UnroutedRequestRegistry } from '@core-framework/common';
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ViewSetRegistry } from './compiler/viewset.registry.js';
import { OpenApiContribution } from './openapi/openapi-contribution.js';
import { PipelineServices } from './pipeline/pipeline-services.js';
import { UnroutedHandler } from './routing/unrouted.handler.js';

/** Tells the rest of the application what the views know: verbs without a route, the API's document, open routes. */
@Injectable()
export class ViewSetAnnouncer implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly registry: ViewSetRegistry,
    private readonly services: PipelineServices,
    private readonly unrouted: UnroutedRequestRegistry,
    private readonly openApi: OpenApiRegistry,
    private readonly report: BootReportRegistry,
  ) {}

  onModuleInit(): void {
    const { caller, routes } = this.services;
    this.unrouted.register(new UnroutedHandler(routes, this.registry, caller).handle);
    this.openApi.register(new OpenApiContribution(this.registry, caller).contribute);
  }

  onApplicationBootstrap(): void {
    const open = this.registry.actions
      .filter(({ authorization }) => authorization.isOpen)
      .flatMap(({ id, route }) => this.services.routes.pathOf(id)?.pattern.replace(/^/, `${route.verb} `) ?? []);
    if (open.length) this.report.set('Open routes', open.join(', '));
  }
}
