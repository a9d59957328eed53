import { InputSchema, OutputSchema } from '@core-framework/viewset';
import { Comment } from '../comments/comment.model.js';
import { User } from '../users/user.model.js';
import { Post } from './post.model.js';

/** What a writer sends: tags by their keys, or new ones as objects. The author is the caller, never a value of the body. */
export class PostInput extends InputSchema(Post, {
  omit: ['author'],
  nested: { tags: ['create', 'connect', 'set'] },
}) {}

/** What everybody who may see a post is shown. */
export class PostOutput extends OutputSchema(Post) {}

/** What everybody may know of a user: the address of none. */
export class PublicUser extends OutputSchema(User, { pick: ['id', 'name'] }) {}

/** A comment below its post. */
export class CommentOutput extends OutputSchema(Comment, { omit: ['post', 'deletedAt'] }) {}
