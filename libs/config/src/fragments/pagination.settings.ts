import { IsInt, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import type { RuleViolation } from '../metadata/settings.metadata.js';

/** How long pages of lists are. */
@SettingsGroup({ title: 'Pagination', owner: '@core-framework/viewset' })
export class PaginationSettings {
  @Setting({ description: 'Items on a page when neither client nor ViewSet say how many.' })
  @IsInt()
  @Min(1)
  @Max(100)
  defaultPageSize = 20;

  @Setting({ description: 'Items that a client may ask for on one page.' })
  @IsInt()
  @Min(1)
  maxPageSize = 100;
}

export function keepPageWithinLimit(settings: PaginationSettings): readonly RuleViolation[] {
  return settings.defaultPageSize <= settings.maxPageSize
    ? []
    : [{ property: 'maxPageSize', message: 'must not be less than DEFAULT_PAGE_SIZE' }];
}
