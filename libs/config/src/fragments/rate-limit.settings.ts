import { IsBoolean, IsInt, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** How many requests one client may make. */
@SettingsGroup({ title: 'Rate limit', owner: '@core-framework/platform' })
export class RateLimitSettings {
  @Setting({ description: 'Limits how many requests a client may make.' })
  @IsBoolean()
  rateLimitEnabled = true;

  @Setting({ description: 'Requests that a client may make in one window.' })
  @IsInt()
  @Min(1)
  rateLimitRequests = 100;

  @Setting({ description: 'Seconds that a window lasts.' })
  @IsInt()
  @Min(1)
  rateLimitWindow = 60;
}
