import { RequirePermission } from '@core-framework/auth';
import { type ActionContext, ApiView, ViewSet } from '@core-framework/viewset';
import { Comment } from '../comments/comment.model.js';
import { Post } from '../posts/post.model.js';
import { User } from '../users/user.model.js';

/** The numbers of the blog, for admins. */
@ViewSet({ path: 'dashboard', tags: ['Admin'], permissions: [RequirePermission('dashboard', 'read')] })
export class DashboardView extends ApiView {
  async get({ principal }: ActionContext) {
    const [posts, drafts, comments, users] = await Promise.all([
      Post.objects.count(),
      Post.objects.filter({ isPublished: false }).count(),
      Comment.objects.count(),
      User.objects.filter({ isActive: true }).count(),
    ]);
    return { user: principal.id, posts, drafts, comments, users };
  }
}
