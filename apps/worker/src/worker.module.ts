import { BlogModule, BlogSettings, MIGRATIONS, User } from '@core-framework-apps/blog';
import { AuthModule } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { MessagingModule } from '@core-framework/messaging';
import { CoreOrmModule } from '@core-framework/orm';
import { TasksModule } from '@core-framework/tasks';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';

/** The blog, at work behind its API. */
@Module({
  imports: [
    SettingsModule.forRoot(BlogSettings),
    CoreOrmModule.forRoot({ migrations: MIGRATIONS, schema: 'migrate' }),
    ViewSetModule.forRoot(),
    AuthModule.forRoot({ userModel: User }),
    MessagingModule.forRoot(),
    TasksModule.forRootAsync({
      inject: [BlogSettings],
      // A worker works unless it is told not to, and leaves the clock to the scheduler.
      useFactory: ({ taskWorker = true, taskScheduler = false }: BlogSettings) => ({
        worker: taskWorker,
        scheduler: taskScheduler,
      }),
    }),
    BlogModule,
  ],
})
export class WorkerModule {}
