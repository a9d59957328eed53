import { BlogModule, BlogSettings, MIGRATIONS, User } from '@core-framework-apps/blog';
import { AuthModule } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { MessagingModule } from '@core-framework/messaging';
import { CoreOrmModule } from '@core-framework/orm';
import { TasksModule } from '@core-framework/tasks';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';

/** The clock of the blog. */
@Module({
  imports: [
    SettingsModule.forRoot(BlogSettings),
    CoreOrmModule.forRoot({ migrations: MIGRATIONS, schema: 'migrate' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
    MessagingModule.forRoot({ consumers: false, relay: false }),
    TasksModule.forRoot({ worker: false, scheduler: true }),
    BlogModule,
  ],
})
export class SchedulerModule {}
