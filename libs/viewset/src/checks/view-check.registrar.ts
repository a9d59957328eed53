import { CheckRegistry } from '@core-framework/common';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import { VIEWSET_MODULE_OPTIONS, type ViewSetModuleOptions } from '../viewset.options.js';
import { checkView } from './view-checks.js';

/** Has all views looked at before the application starts. */
@Injectable()
export class ViewCheckRegistrar implements OnModuleInit {
  constructor(
    private readonly views: ViewSetRegistry,
    private readonly checks: CheckRegistry,
    private readonly modules: ModuleRef,
  ) {}

  onModuleInit(): void {
    this.checks.register(() => this.views.all.flatMap(checkView));
    this.checks.silence(this.#options().silencedChecks ?? []);
  }

  #options(): ViewSetModuleOptions {
    try {
      return this.modules.get<ViewSetModuleOptions>(VIEWSET_MODULE_OPTIONS, { strict: false });
    } catch {
      return {};
    }
  }
}
