import type { Post } from './post.model.js';

/** Shows a post to everybody. */
export async function publish(post: Post): Promise<void> {
  post.isPublished = true;
  post.publishedAt ??= new Date();
  post.publishAt = null;
  await post.save();
}
