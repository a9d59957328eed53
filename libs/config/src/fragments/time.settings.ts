import { IsBoolean, IsTimeZone } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** How dates without a zone are understood. */
@SettingsGroup({ title: 'Time', owner: '@core-framework/orm' })
export class TimeSettings {
  /** Zone of times that come without one, such as `Europe/Lisbon`. */
  @Setting({ description: 'Zone of times that come without one, such as `Europe/Lisbon`.' })
  @IsTimeZone()
  timezone = 'UTC';

  /** Dates are instants with a zone; without it they are local times as they were written. */
  @Setting({ description: 'Treats dates as instants with a zone.' })
  @IsBoolean()
  useTz = true;
}
