import { Module } from '@nestjs/common';
import { ViewSetModule } from '@core-framework/viewset';
import { PostTasks } from './post.tasks.js';
import { PostViewSet } from './post.viewset.js';

@Module({ imports: [ViewSetModule.forFeature([PostViewSet])], providers: [PostTasks] })
export class PostsModule {}
