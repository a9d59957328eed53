import { Module } from '@nestjs/common';
import { ViewSetModule } from '@core-framework/viewset';
import { PostViewSet } from './post.viewset.js';

@Module({ imports: [ViewSetModule.forFeature([PostViewSet])] })
export class PostsModule {}
