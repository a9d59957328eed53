import { Module } from '@nestjs/common';
import { ViewSetModule } from '@core-framework/viewset';
import { CommentViewSet } from './comment.viewset.js';

@Module({ imports: [ViewSetModule.forFeature([CommentViewSet])] })
export class CommentsModule {}
