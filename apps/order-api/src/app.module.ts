import { AuthModule } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { MessagingModule } from '@core-framework/messaging';
import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { MIGRATIONS } from './migrations/migrations-folder.js';
import { OrderApiSettings } from './order-api.settings.js';
import { OrderViewSet } from './order.viewset.js';
import { UserApiClient } from './user-api.client.js';
import { UserEvents } from './user-events.consumer.js';

/** The orders of the two services. It has no users: tokens of the other service let people in. */
@Module({
  imports: [
    SettingsModule.forRoot(OrderApiSettings),
    CoreOrmModule.forRoot({ migrations: MIGRATIONS, schema: 'migrate' }),
    ViewSetModule.forRoot(),
    AuthModule.forResourceServerAsync({
      inject: [OrderApiSettings],
      useFactory: ({ userApiUrl }: OrderApiSettings) => ({
        issuer: 'user-api',
        audience: 'user-api',
        forwardTo: [userApiUrl],
      }),
    }),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([UserEvents]),
    ViewSetModule.forFeature([OrderViewSet], { providers: [UserApiClient] }),
  ],
})
export class AppModule {}
