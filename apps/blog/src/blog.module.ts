import { CoreOrmModule } from '@core-framework/orm';
import { Module } from '@nestjs/common';
import { CommentsModule } from './comments/comments.module.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { NoticesModule } from './notices/notices.module.js';
import { PostsModule } from './posts/posts.module.js';
import { BlogSeeder } from './seeding/blog.seeder.js';
import { SeedWhenEmpty } from './seeding/seed-when-empty.service.js';
import { StatisticsTasks } from './statistics/statistics.tasks.js';
import { TagsModule } from './tags/tags.module.js';
import { User } from './users/user.model.js';
import { UsersModule } from './users/users.module.js';

/** The whole sample: its people, posts, comments and tags, and their seeds. */
@Module({
  imports: [
    CoreOrmModule.forFeature([User]),
    UsersModule,
    PostsModule,
    CommentsModule,
    TagsModule,
    DashboardModule,
    NoticesModule,
  ],
  providers: [BlogSeeder, StatisticsTasks, SeedWhenEmpty],
})
export class BlogModule {}
