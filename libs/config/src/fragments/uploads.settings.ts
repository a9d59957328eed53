import { IsBoolean, IsInt, IsNotEmpty, IsString, Matches, Min } from 'class-validator';
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

  /** Folder in which uploaded files are kept, unless the application brings a storage of its own. */
  @Setting({ owner: '@core-framework/viewset', description: 'Folder in which uploaded files are kept.' })
  @IsString()
  @IsNotEmpty()
  mediaRoot = './.data/media';

  /** What stands before the names of uploaded files in their addresses: a path, or another server. */
  @Setting({
    owner: '@core-framework/viewset',
    description: 'What stands before the names of uploaded files: a path, or the address of another server.',
  })
  @Matches(/^(?:https?:\/\/[^\s]+|(?:\/[\w.~-]+)+)$/, {
    message: '$property must be a path such as /media, or an address',
  })
  mediaUrl = '/media';

  /** Serves uploaded files below `MEDIA_URL`; off where another server does. */
  @Setting({ owner: '@core-framework/platform', description: 'Serves uploaded files below `MEDIA_URL`.' })
  @IsBoolean()
  mediaServed = true;
}
