import { MessagingModule } from '@core-framework/messaging';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { CommentNotices } from './comment-notices.consumer.js';
import { NoticeViewSet } from './notice.viewset.js';

@Module({ imports: [ViewSetModule.forFeature([NoticeViewSet]), MessagingModule.forFeature([CommentNotices])] })
export class NoticesModule {}
