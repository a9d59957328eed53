import { AuthModule } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { MessagingModule } from '@core-framework/messaging';
import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { MIGRATIONS } from './migrations/migrations-folder.js';
import { OrderEvents } from './order-events.consumer.js';
import { Registration } from './registration.service.js';
import { UserApiSettings } from './user-api.settings.js';
import { User } from './user.model.js';
import { UserViewSet } from './user.viewset.js';

/** The users of the two services: who they are, and how much they ordered. */
@Module({
  imports: [
    SettingsModule.forRoot(UserApiSettings),
    CoreOrmModule.forRoot({ migrations: MIGRATIONS, schema: 'migrate' }),
    ViewSetModule.forRoot(),
    // Other services ask for this issuer in tokens.
    AuthModule.forRoot({ userModel: User, tokenIssuer: 'user-api' }),
    MessagingModule.forRoot(),
    MessagingModule.forFeature([OrderEvents]),
    ViewSetModule.forFeature([UserViewSet], { providers: [Registration] }),
  ],
})
export class AppModule {}
