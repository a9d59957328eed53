import { IsInt, IsString } from 'class-validator';
import type { Post } from './post.model.js';

/** What others are told of a post that everybody may read now. */
export class PostPublished {
  @IsInt() id!: number;
  @IsString() title!: string;
  @IsString() slug!: string;
  @IsInt() author!: number;
}

/** What is told of a post. */
export function publishedPost({ id, title, slug, author }: Post): PostPublished {
  return { id, title, slug, author: author.id };
}
