import { Throttling } from '@core-framework/common';
import { Injectable } from '@nestjs/common';
import { RouteTable } from '../routing/route-table.js';
import { CallerIdentification } from './caller.js';

/** What the pipelines of an application share. */
@Injectable()
export class PipelineServices {
  constructor(
    readonly caller: CallerIdentification,
    readonly routes: RouteTable,
    readonly throttling: Throttling,
  ) {}
}
