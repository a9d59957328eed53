import { IsEmail, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { Setting } from '../decorators/setting.decorator.js';
import { SettingsGroup } from '../decorators/settings-group.decorator.js';

/** The server that sends mail, and in whose name. */
@SettingsGroup({ title: 'Mail', owner: '@core-framework/mail' })
export class MailSettings {
  @Setting({ description: 'Host of the mail server.' })
  @IsOptional()
  @IsString()
  smtpHost?: string;

  @Setting({ description: 'Port of the mail server.' })
  @IsInt()
  @Min(1)
  @Max(65535)
  smtpPort = 587;

  @Setting({ description: 'User of the mail server.' })
  @IsOptional()
  @IsString()
  smtpUser?: string;

  @Setting({ secret: true, description: 'Password of the mail server.' })
  @IsOptional()
  @IsString()
  smtpPassword?: string;

  @Setting({ description: 'Address from which mail is sent.' })
  @IsOptional()
  @IsEmail()
  emailsFromEmail?: string;

  @Setting({ description: 'Name from which mail is sent.' })
  @IsOptional()
  @IsString()
  emailsFromName?: string;
}
