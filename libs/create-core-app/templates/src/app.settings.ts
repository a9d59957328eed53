import { CoreSettings } from '@core-framework/config';

/** The settings of the application. A property here is read from the variable of its name: `stripeApiKey` from STRIPE_API_KEY. */
export class AppSettings extends CoreSettings {}
