import { Module } from '@nestjs/common';
import { BlogAuthHooks, BlogModule, BlogSettings, MIGRATIONS, RegisterInput, User } from '@core-framework-apps/blog';
import { AuthModule } from '@core-framework/auth';
import { MessagingAccountEvents } from '@core-framework/auth/messaging';
import { SettingsModule } from '@core-framework/config';
import { MessagingModule } from '@core-framework/messaging';
import { CoreOrmModule } from '@core-framework/orm';
import { TasksModule } from '@core-framework/tasks';
import { ViewSetModule } from '@core-framework/viewset';

/** The blog, served over HTTP. */
@Module({
  imports: [
    SettingsModule.forRoot(BlogSettings),
    CoreOrmModule.forRoot({ migrations: MIGRATIONS, schema: 'migrate' }),
    ViewSetModule.forRoot(),
    AuthModule.forRootAsync({
      userModel: User,
      schemas: { register: RegisterInput },
      hooks: BlogAuthHooks,
      accountEvents: MessagingAccountEvents,
      usersViewSet: true,
      inject: [BlogSettings],
      useFactory: ({ policies }: BlogSettings) => ({ policies }),
    }),
    MessagingModule.forRoot(),
    TasksModule.forRoot(),
    BlogModule,
  ],
})
export class AppModule {}
