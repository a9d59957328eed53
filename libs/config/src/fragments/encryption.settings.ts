import { IsOptional, IsString } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** The key of data that is stored encrypted. */
@SettingsGroup({ title: 'Encryption', owner: '@core-framework/encryption' })
export class EncryptionSettings {
  /** Kept apart from SECRET_KEY: changing that signs people out, changing this one makes stored data unreadable. */
  @Setting({ secret: true, description: 'Key of data that is stored encrypted.' })
  @IsOptional()
  @IsString()
  appKey?: string;
}
