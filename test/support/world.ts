import { Argon2Hasher } from '@core-framework/auth';
import { Comment, Post, Tag, User } from '@core-framework-apps/blog';
import { atomic, runInContext } from '@core-framework/orm';

export const ANN = 'ann@example.com';
export const BOB = 'bob@example.com';
export const ROOT = 'root@example.com';
export const GONE = 'gone@example.com';

/** The password of all of them. */
export const PASSWORD = 'Correct horse 1';
/** Parameters of hashes that cost next to nothing. */
export const WEAK_HASHING = { memoryCost: 64, timeCost: 1 };

const passwordHash = await new Argon2Hasher(WEAK_HASHING).hash(PASSWORD);

/** What {@link createWorld} made, by the names the suites use. */
export interface World {
  readonly ann: User;
  readonly bob: User;
  readonly posts: readonly Post[];
  readonly tags: readonly Tag[];
}

/**
 * Empties the database and fills it with a world small enough to know by heart.
 *
 * Ann has posts 1 to 3, Bob 4 to 7. Odd ones are published; views are ten times the number; the content of odd ones
 * is "hello world". Posts 1 and 2 carry both tags. Ann has commented on post 1 twice. Root is a superuser, Gone inactive;
 * all have {@link PASSWORD}.
 */
export function createWorld(): Promise<World> {
  return runInContext(() =>
    atomic(async () => {
      await Comment.objects.delete();
      await Post.objects.delete();
      await Tag.objects.delete();
      await User.objects.delete();
      const ann = await User.objects.create({ email: ANN, name: 'Ann', passwordHash });
      const bob = await User.objects.create({ email: BOB, name: 'Bob', passwordHash });
      await User.objects.create({ email: ROOT, name: 'Root', passwordHash, isStaff: true, isSuperuser: true });
      await User.objects.create({ email: GONE, name: 'Gone', passwordHash, isActive: false });
      const tags = [await Tag.objects.create({ name: 'Nest' }), await Tag.objects.create({ name: 'Fastify' })];
      const posts: Post[] = [];
      for (let number = 1; number <= 7; number++) {
        posts.push(
          await Post.objects.create({
            title: `T${number}`,
            slug: `s${number}`,
            content: number % 2 ? 'hello world' : 'other',
            isPublished: number % 2 === 1,
            viewsCount: number * 10,
            author: number <= 3 ? ann : bob,
          }),
        );
      }
      for (const post of posts.slice(0, 2)) await Post.objects.setLinks('tags', post, tags);
      for (const body of ['First.', 'Second.']) await Comment.objects.create({ body, post: posts[0]!, author: ann });
      return { ann, bob, posts, tags };
    }),
  );
}
