import { Consumer, type CoreEvent, OnEvent } from '@core-framework/messaging';
import { CommentCreated } from '../comments/comment.events.js';
import { Post } from '../posts/post.model.js';
import { Notice } from './notice.model.js';

/** Tells writers what readers say about their posts. */
@Consumer('blog-notices', { topics: ['comment-events'] })
export class CommentNotices {
  @OnEvent('comment.created', { payload: CommentCreated })
  async onCommentCreated({ data }: CoreEvent<CommentCreated>): Promise<void> {
    const post = await Post.objects.filter({ id: data.post }).first();
    // The post may be gone by now, and nobody needs to be told of what he said himself.
    if (!post || post.author.id === data.author) return;
    await Notice.objects.create({ reader: post.author.id, text: `Somebody commented on "${post.title}".` });
  }
}
