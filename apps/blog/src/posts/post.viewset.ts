import type { Principal } from '@core-framework/common';
import { Q, type QuerySet } from '@core-framework/orm';
import {
  Action,
  type ActionContext,
  AllowAny,
  BooleanFilter,
  HasPermission,
  Instance,
  IsAuthenticated,
  IsOwner,
  ModelViewSet,
  or,
  ViewSet,
} from '@core-framework/viewset';
import { Comment } from '../comments/comment.model.js';
import { Post } from './post.model.js';
import { CommentOutput, PostInput, PostOutput, PublicUser } from './post.schemas.js';

/** Posts: everybody reads what is published, authors write their own. */
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
    update: [IsOwner('author')],
    destroy: [or(IsOwner('author'), HasPermission('posts.delete'))],
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
  override scope(principal: Principal) {
    if (principal.isStaff) return undefined;
    return principal.isAuthenticated ? Q({ isPublished: true }).or(Q({ author: principal.id })) : { isPublished: true };
  }

  override performCreate(data: PostInput, context: ActionContext<Post, PostInput>) {
    return super.performCreate({ ...data, author: context.principal.id }, context);
  }

  /** Shows the post to everybody. */
  @Action({ method: 'POST', detail: true, permissions: [IsOwner('author')] })
  async publish(@Instance() post: Post) {
    post.isPublished = true;
    post.publishedAt ??= new Date();
    await post.save();
    return { message: `Post "${post.title}" published.`, isPublished: true };
  }

  /** Makes the post a draft again. */
  @Action({ method: 'POST', detail: true, permissions: [IsOwner('author')] })
  async unpublish(@Instance() post: Post) {
    post.isPublished = false;
    await post.save();
    return { message: `Post "${post.title}" unpublished.`, isPublished: false };
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
