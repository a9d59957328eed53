import { CoreSettings, Setting } from '@core-framework/config';
import { IsUrl } from 'class-validator';

/** The settings of the service, with the defaults that it has among others. */
export class OrderApiSettings extends CoreSettings {
  override appName = 'Order API';
  override port = 8002;
  override databaseUrl = 'sqlite://./.data/orders.db';

  /** Where the service with the users is. */
  @Setting({ description: 'Address of the service that knows the users.' })
  @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true })
  userApiUrl = 'http://localhost:8001';
}
