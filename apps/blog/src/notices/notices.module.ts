import { ACCOUNT_EVENTS } from '@core-framework/auth/messaging';
import { MessagingModule } from '@core-framework/messaging';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { AccountNotices } from './account-notices.consumer.js';
import { CommentNotices } from './comment-notices.consumer.js';
import { NoticeViewSet } from './notice.viewset.js';

@Module({
  imports: [
    ViewSetModule.forFeature([NoticeViewSet]),
    MessagingModule.forFeature([CommentNotices, AccountNotices], { events: ACCOUNT_EVENTS }),
  ],
})
export class NoticesModule {}
