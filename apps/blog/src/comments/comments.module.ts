import { MessagingModule } from '@core-framework/messaging';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { CommentCreated } from './comment.events.js';
import { CommentViewSet, PostCommentViewSet } from './comment.viewset.js';

@Module({
  imports: [
    ViewSetModule.forFeature([CommentViewSet, PostCommentViewSet]),
    MessagingModule.forFeature([], {
      events: [
        {
          name: 'comment.created',
          topic: 'comment-events',
          payload: CommentCreated,
          description: 'A reader commented on a post.',
        },
      ],
    }),
  ],
})
export class CommentsModule {}
