import { Global, Inject, Module, Optional } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { CLOCK, systemClock } from './clock/clock.js';
import { RequestContext } from './context/request-context.js';
import { ActionHookRegistry } from './registries/action-hook.registry.js';
import { Throttling } from './throttling/throttling.js';
import { BootReportRegistry } from './registries/boot-report.registry.js';
import { CheckRegistry } from './registries/check.registry.js';
import { DocumentRegistry } from './registries/document.registry.js';
import { PayloadSchemaRegistry } from './registries/payload-schema.registry.js';
import { HealthRegistry } from './registries/health.registry.js';
import { OpenApiRegistry } from './registries/openapi.registry.js';
import { UnroutedRequestRegistry } from './registries/unrouted-request.registry.js';

const SHARED = [
  CheckRegistry,
  Throttling,
  ActionHookRegistry,
  HealthRegistry,
  OpenApiRegistry,
  DocumentRegistry,
  PayloadSchemaRegistry,
  UnroutedRequestRegistry,
  BootReportRegistry,
  { provide: CLOCK, useValue: systemClock },
];

/**
 * Holds what the packages meet through: the registries and the clock. Every package's module imports it;
 * being one static module it exists once per application.
 */
@Global()
@Module({ providers: SHARED, exports: SHARED })
export class CommonModule {
  constructor(@Optional() @Inject(HttpAdapterHost) host?: HttpAdapterHost) {
    const adapter = host?.httpAdapter;
    if (adapter?.getType() !== 'fastify') return;
    // Modules are constructed before routes are registered, so the hook covers all of them.
    adapter.getInstance<FastifyInstance>().addHook('onRequest', (request, _reply, done) => {
      // The platform's adapter enters it earlier, so that middleware is inside as well.
      if (RequestContext.current()?.requestId === request.id) done();
      else RequestContext.run(new RequestContext(request.id), done);
    });
  }
}
