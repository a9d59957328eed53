import { RequirePermission } from '@core-framework/auth';
import type { Principal } from '@core-framework/common';
import { Event } from '@core-framework/messaging';
import { Q, type QuerySet } from '@core-framework/orm';
import {
  Action,
  type ActionContext,
  AllowAny,
  BooleanFilter,
  Instance,
  IsAuthenticated,
  IsOwner,
  ModelViewSet,
  or,
  ViewSet,
} from '@core-framework/viewset';
import { Comment } from '../comments/comment.model.js';
import { PostPublished, publishedPost } from './post.events.js';
import { Post } from './post.model.js';
import { publish } from './publish.js';
import { CommentOutput, PostInput, PostOutput, PublicUser } from './post.schemas.js';

const IsAuthor = IsOwner('author');
const MayUpdate = or(IsAuthor, RequirePermission('posts', 'update'));

/** Posts: everybody reads what is published, authors write their own, editors all. */
@ViewSet({
  path: 'posts',
  model: Post,
  input: PostInput,
  output: PostOutput,
  tags: ['Posts'],
  permissions: [IsAuthenticated],
  permissionsByAction: {
    list: [AllowAny],
    retrieve: [AllowAny],
    update: [MayUpdate],
    destroy: [or(IsAuthor, RequirePermission('posts', 'delete'))],
  },
  uniqueFields: ['slug'],
  pagination: { pageSize: 20, maxPageSize: 100 },
  filter: ['isPublished', 'author', 'author__name', 'tags__name', { viewsCount: ['exact', 'gte', 'lt', 'in'] }],
  filters: {
    discussed: BooleanFilter((posts: QuerySet<Post>, value) => posts.filter({ comments__isnull: !value })),
  },
  search: ['title', 'content', 'author__name'],
  ordering: ['createdAt', 'publishedAt', 'viewsCount', 'title'],
  expand: { comments: CommentOutput, 'comments.author': PublicUser },
})
export class PostViewSet extends ModelViewSet<Post, PostInput> {
  override async scope(principal: Principal) {
    if (await principal.hasPermission('posts.read')) return undefined;
    return principal.isAuthenticated ? Q({ isPublished: true }).or(Q({ author: principal.id })) : { isPublished: true };
  }

  override performCreate(data: PostInput, context: ActionContext<Post, PostInput>) {
    return super.performCreate({ ...data, author: context.principal.id }, context);
  }

  /** Shows the post to everybody. */
  @Action({ method: 'POST', detail: true, permissions: [MayUpdate] })
  @Event('post.published', {
    topic: 'post-events',
    payload: PostPublished,
    description: 'Everybody may read a post now.',
    data: (_answer: object, call) => publishedPost(call?.instance as Post),
  })
  async publish(@Instance() post: Post) {
    await publish(post);
    return { message: `Post "${post.title}" published.`, isPublished: true };
  }

  /** Makes the post a draft again. */
  @Action({ method: 'POST', detail: true, permissions: [MayUpdate] })
  async unpublish(@Instance() post: Post) {
    post.isPublished = false;
    post.publishAt = null;
    await post.save();
    return { message: `Post "${post.title}" unpublished.`, isPublished: false };
  }

  /** One's own posts, drafts included. */
  @Action({ detail: false, permissions: [IsAuthenticated], pagination: {}, output: PostOutput })
  mine({ principal }: ActionContext<Post>) {
    return this.getQuerySet().filter({ author: Number(principal.id) });
  }

  /** The five posts that are read most. */
  @Action({ detail: false, permissions: [AllowAny], output: [PostOutput] })
  featured() {
    return this.getQuerySet().filter({ isPublished: true }).orderBy('-viewsCount').limit(5).all();
  }

  /** The numbers of a post. */
  @Action({ detail: true, permissions: [AllowAny] })
  async stats(@Instance() { id, title, viewsCount, isPublished, createdAt }: Post) {
    return {
      id,
      title,
      viewsCount,
      isPublished,
      createdAt,
      comments: await Comment.objects.filter({ post: id }).count(),
    };
  }
}
