import { RequirePermission } from '@core-framework/auth';
import type { Principal } from '@core-framework/common';
import { EventBus } from '@core-framework/messaging';
import { Q } from '@core-framework/orm';
import {
  type ActionContext,
  AllowAny,
  InputSchema,
  IsAuthenticated,
  IsOwner,
  ModelViewSet,
  or,
  ViewSet,
} from '@core-framework/viewset';
import { PostViewSet } from '../posts/post.viewset.js';
import type { CommentCreated } from './comment.events.js';
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
    destroy: [or(IsOwner('author'), RequirePermission('comments', 'delete'))],
  },
  pagination: { style: 'cursor', count: 'exact' },
  filter: ['post', 'author', 'post__slug'],
  search: ['body'],
  ordering: ['createdAt'],
})
export class CommentViewSet extends ModelViewSet<Comment, CommentInput> {
  constructor(private readonly events: EventBus) {
    super();
  }

  override async scope(principal: Principal) {
    if (await principal.hasPermission('posts.read')) return undefined;
    return principal.isAuthenticated
      ? Q({ post__isPublished: true }).or(Q({ post__author: principal.id }))
      : { post__isPublished: true };
  }

  override performCreate(data: CommentInput, context: ActionContext<Comment, CommentInput>) {
    return super.performCreate({ ...data, author: context.principal.id }, context);
  }

  override async afterCreate({ id, post, author }: Comment) {
    const data: CommentCreated = { id, post: post.id, author: author.id };
    await this.events.publish('comment.created', data, { key: String(post.id) });
  }
}

/** The comments of one post: `/posts/:post_id/comments`. */
@ViewSet<Comment>({ parent: { viewset: PostViewSet, field: 'post' } })
export class PostCommentViewSet extends CommentViewSet {}
