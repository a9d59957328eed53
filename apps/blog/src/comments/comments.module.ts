import { Module } from '@nestjs/common';
import { ViewSetModule } from '@core-framework/viewset';
import { CommentViewSet, PostCommentViewSet } from './comment.viewset.js';

@Module({ imports: [ViewSetModule.forFeature([CommentViewSet, PostCommentViewSet])] })
export class CommentsModule {}
