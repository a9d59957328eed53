import { BootReportRegistry } from '@core-framework/common';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import { RouteTable } from '../routing/route-table.js';

/** Lists at the start what everybody may call. */
@Injectable()
export class OpenRoutesReport implements OnApplicationBootstrap {
  constructor(
    private readonly views: ViewSetRegistry,
    private readonly routes: RouteTable,
    private readonly report: BootReportRegistry,
  ) {}

  onApplicationBootstrap(): void {
    const open = this.views.actions
      .filter(({ authorization }) => authorization.isOpen)
      .flatMap(({ id, route }) => this.routes.pathOf(id)?.pattern.replace(/^/, `${route.verb} `) ?? []);
    if (open.length) this.report.set('Open routes', open.join(', '));
  }
}
