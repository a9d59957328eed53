import { Module } from '@nestjs/common';
import { BlogModule, BlogSettings, MIGRATIONS } from '@core-framework-apps/blog';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';

/** The blog, served over HTTP. */
@Module({
  imports: [
    SettingsModule.forRoot(BlogSettings),
    CoreOrmModule.forRoot({ migrations: MIGRATIONS, schema: 'migrate' }),
    ViewSetModule.forRoot(),
    BlogModule,
  ],
})
export class AppModule {}
