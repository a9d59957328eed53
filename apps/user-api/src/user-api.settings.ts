import { CoreSettings } from '@core-framework/config';

/** The settings of the service, with the defaults that it has among others. */
export class UserApiSettings extends CoreSettings {
  override appName = 'User API';
  override port = 8001;
  override databaseUrl = 'sqlite://./.data/users.db';
}
