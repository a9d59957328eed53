import { IsInt, Matches, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

const TEN_MEGABYTES = 10 * 1024 * 1024;

/** What clients may upload. */
@SettingsGroup({ title: 'Uploads', owner: '@core-framework/storage' })
export class UploadSettings {
  /** Bytes that a request body may have. */
  @Setting({ owner: '@core-framework/platform', description: 'Bytes that a request body may have.' })
  @IsInt()
  @Min(1)
  maxUploadSize = TEN_MEGABYTES;

  /** Extensions of files that may be uploaded, without the dot. */
  @Setting({ description: 'Extensions of files that may be uploaded, without the dot.' })
  @Matches(/^[a-z0-9]+$/i, { each: true, message: '$property must list extensions without the dot' })
  allowedExtensions: readonly string[] = ['jpg', 'jpeg', 'png', 'pdf'];
}
