import { IsIn, IsInt, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';
import type { RuleViolation } from '../metadata/settings.metadata.js';

const PAGE_FORMATS = ['links', 'offsets', 'numbers'] as const;
export type PageFormat = (typeof PAGE_FORMATS)[number];

/** How long pages of lists are, and how much may come along with them. */
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

  @Setting({ description: 'Relations that one request may ask for with `?expand=`, those within others included.' })
  @IsInt()
  @Min(0)
  maxExpands = 10;

  @Setting({ description: 'Related rows that one answer may show because of `?expand=`; more are 400.' })
  @IsInt()
  @Min(0)
  maxExpandedRows = 5000;

  /** `count, next, previous, results`, or `items, total, skip, limit, has_next`, or `items, page, per_page, total`. */
  @Setting({
    description: 'Names of the members of pages: `links`, `offsets` (with `skip`) or `numbers` (with `per_page`).',
  })
  @IsIn(PAGE_FORMATS)
  pageFormat: PageFormat = 'links';
}

export function keepPageWithinLimit(settings: PaginationSettings): readonly RuleViolation[] {
  return settings.defaultPageSize <= settings.maxPageSize
    ? []
    : [{ property: 'maxPageSize', message: 'must not be less than DEFAULT_PAGE_SIZE' }];
}
