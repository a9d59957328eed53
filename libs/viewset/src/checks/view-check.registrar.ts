import { CheckRegistry, FORM_READER } from '@core-framework/common';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import { ViewSetDefaults } from '../viewset.defaults.js';
import { checkView } from './view-checks.js';

/** Has all views looked at before the application starts. */
@Injectable()
export class ViewCheckRegistrar implements OnModuleInit {
  constructor(
    private readonly views: ViewSetRegistry,
    private readonly checks: CheckRegistry,
    private readonly defaults: ViewSetDefaults,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.checks.register(() => this.views.all.flatMap((view) => checkView(view, this.#readsForms())));
    this.checks.silence(this.defaults.options.silencedChecks);
  }

  /** Without a server nothing is read at all. */
  #readsForms(): boolean {
    const adapter = this.host.httpAdapter;
    return adapter?.getType() !== 'fastify' || adapter.getInstance<FastifyInstance>().hasDecorator(FORM_READER);
  }
}
