import { CoreSettings, Setting } from '@core-framework/config';
import { IsBoolean } from 'class-validator';

/** The settings of the sample, beyond those that every application has. */
export class BlogSettings extends CoreSettings {
  override appName = 'Core Blog';

  /** Whether an empty database is filled with made-up posts when the application starts outside production. */
  @Setting({ description: 'Fill an empty database with made-up posts at start (never in production).' })
  @IsBoolean()
  seedWhenEmpty = true;
}
