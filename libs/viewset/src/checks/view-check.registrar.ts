import { CheckRegistry } from '@core-framework/common';
import { Injectable, type OnModuleInit } from '@nestjs/common';
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
  ) {}

  onModuleInit(): void {
    this.checks.register(() => this.views.all.flatMap(checkView));
    this.checks.silence(this.defaults.options.silencedChecks);
  }
}
