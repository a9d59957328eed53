import { ActionHookRegistry } from '@core-framework/common';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';

/** Lets other packages take part in the actions of views, once all of them had their say. */
@Injectable()
export class ActionHookBinder implements OnApplicationBootstrap {
  constructor(
    private readonly views: ViewSetRegistry,
    private readonly hooks: ActionHookRegistry,
  ) {}

  onApplicationBootstrap(): void {
    for (const { view, pipelines } of this.views.all) {
      for (const pipeline of pipelines) pipeline.bindHooks(view, this.hooks);
    }
  }
}
