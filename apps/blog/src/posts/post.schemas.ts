import { InputSchema, OutputSchema } from '@core-framework/viewset';
import { Post } from './post.model.js';

/** What a writer sends; the author is the caller, never a value of the body. */
export class PostInput extends InputSchema(Post, { omit: ['author'] }) {}

/** What everybody who may see a post is shown. */
export class PostOutput extends OutputSchema(Post) {}
