import { Global, Module } from '@nestjs/common';
import { AUTHENTICATOR } from '@core-framework/common';
import { CoreOrmModule, getManagerToken, type Manager } from '@core-framework/orm';
import { BlogSettings } from './blog.settings.js';
import { CommentsModule } from './comments/comments.module.js';
import { DevelopmentAuthenticator } from './development/development.authenticator.js';
import { PostsModule } from './posts/posts.module.js';
import { BlogSeeder } from './seeding/blog.seeder.js';
import { SeedWhenEmpty } from './seeding/seed-when-empty.service.js';
import { TagsModule } from './tags/tags.module.js';
import { User } from './users/user.model.js';

/** The whole sample: posts, comments and tags, their seeds, and a way in for trying it. */
@Global()
@Module({
  imports: [CoreOrmModule.forFeature([User]), PostsModule, CommentsModule, TagsModule],
  providers: [
    BlogSeeder,
    SeedWhenEmpty,
    {
      provide: AUTHENTICATOR,
      inject: [BlogSettings, getManagerToken(User)],
      // In production nobody is let in by a well-known password: without accounts all callers are anonymous there.
      useFactory: ({ isProduction }: BlogSettings, users: Manager<User>) =>
        isProduction ? undefined : new DevelopmentAuthenticator(users),
    },
  ],
  exports: [AUTHENTICATOR],
})
export class BlogModule {}
