import type { Principal } from '@core-framework/common';
import { IsAuthenticated, ModelViewSet, ViewSet } from '@core-framework/viewset';
import { Notice } from './notice.model.js';

/** One's own notices: to read, to tick off and to throw away. */
@ViewSet({
  path: 'notices',
  model: Notice,
  tags: ['Notices'],
  actions: ['list', 'retrieve', 'partialUpdate', 'destroy'],
  permissions: [IsAuthenticated],
  filter: ['isRead'],
  ordering: ['createdAt'],
})
export class NoticeViewSet extends ModelViewSet<Notice> {
  override scope(principal: Principal) {
    return { reader: Number(principal.id) };
  }
}
