import type { Principal } from '@core-framework/common';
import { Q } from '@core-framework/orm';
import {
  type ActionContext,
  AllowAny,
  HasPermission,
  InputSchema,
  IsAuthenticated,
  IsOwner,
  ModelViewSet,
  or,
  ViewSet,
} from '@core-framework/viewset';
import { PostViewSet } from '../posts/post.viewset.js';
import { Comment } from './comment.model.js';

/** What a reader sends; the author is the caller. */
export class CommentInput extends InputSchema(Comment, { omit: ['author'] }) {}

/** Comments: everybody reads those of published posts, readers write their own. */
@ViewSet({
  path: 'comments',
  model: Comment,
  input: CommentInput,
  tags: ['Comments'],
  permissions: [IsAuthenticated],
  permissionsByAction: {
    list: [AllowAny],
    retrieve: [AllowAny],
    update: [IsOwner('author')],
    destroy: [or(IsOwner('author'), HasPermission('comments.delete'))],
  },
  pagination: { style: 'cursor', count: 'exact' },
  filter: ['post', 'author', 'post__slug'],
  search: ['body'],
  ordering: ['createdAt'],
})
export class CommentViewSet extends ModelViewSet<Comment, CommentInput> {
  override scope(principal: Principal) {
    if (principal.isStaff) return undefined;
    return principal.isAuthenticated
      ? Q({ post__isPublished: true }).or(Q({ post__author: principal.id }))
      : { post__isPublished: true };
  }

  override performCreate(data: CommentInput, context: ActionContext<Comment, CommentInput>) {
    return super.performCreate({ ...data, author: context.principal.id }, context);
  }
}

/** The comments of one post: `/posts/:post_id/comments`. */
@ViewSet<Comment>({ parent: { viewset: PostViewSet, field: 'post' } })
export class PostCommentViewSet extends CommentViewSet {}
