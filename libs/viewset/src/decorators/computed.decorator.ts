import { type ComputedOptions, recordComputed } from '../metadata/viewset.metadata.js';

/**
 * Makes a method of an output schema a field of the answer: it gets the row and returns the field's value.
 *
 * Name the columns it reads in `from` and lists stay free of hydration; without `from` it gets the entity.
 *
 * @example
 * class PostOutput extends OutputSchema(Post) {
 *   @Computed({ from: ['content'] }) excerpt(post: Pick<Post, 'content'>): string { return post.content.slice(0, 80); }
 * }
 */
export function Computed(options: ComputedOptions = {}): MethodDecorator {
  return (prototype, method) => {
    if (typeof method === 'string') recordComputed(prototype, method, options);
  };
}
