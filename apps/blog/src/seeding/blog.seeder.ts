import { Hash, PermissionService } from '@core-framework/auth';
import { type DatabaseSeeder, Seeder, type SeederContext } from '@core-framework/orm';
import { Post } from '../posts/post.model.js';
import { User } from '../users/user.model.js';
import { CommentFactory, PostFactory, TagFactory, UserFactory } from './blog.factories.js';

/** The accounts that are there to be signed in with: somebody who may do everything, an editor, and a reader. */
export const SEEDED_LOGINS = ['ada@example.com', 'grace@example.com', 'alan@example.com'] as const;
/** Their password, which is of no use in production, where nothing is seeded. */
export const SEEDED_PASSWORD = 'Development1';

const READERS = 35;
const TAGS = 12;
const POSTS = 320;
const COMMENTS = 1200;

/** Fills the blog with readers, tags, posts and comments; the same ones in every run. */
@Seeder()
export class BlogSeeder implements DatabaseSeeder {
  constructor(
    private readonly hash: Hash,
    private readonly permissions: PermissionService,
  ) {}

  async run({ faker: inventor }: SeederContext): Promise<void> {
    const faker = await inventor();
    const users = [...(await this.#people()), ...(await UserFactory.seed(1).createMany(READERS))];
    const tags = await TagFactory.seed(2).createMany(TAGS);
    const published = await PostFactory.seed(3)
      .state('published')
      .createMany(POSTS, () => ({ author: faker.helpers.arrayElement(users) }));
    await PostFactory.seed(4).createMany(POSTS / 8, (index) => ({
      slug: `draft-${index + 1}`,
      author: faker.helpers.arrayElement(users),
    }));
    await CommentFactory.seed(5).createMany(COMMENTS, () => ({
      post: faker.helpers.arrayElement(published),
      author: faker.helpers.arrayElement(users),
    }));
    for (const post of published) {
      await Post.objects.setLinks('tags', post, faker.helpers.arrayElements(tags, { min: 0, max: 3 }));
    }
  }

  async #people(): Promise<User[]> {
    const passwordHash = await this.hash.make(SEEDED_PASSWORD);
    const [ada, grace, alan] = SEEDED_LOGINS;
    const superuser = await User.objects.create({
      email: ada,
      name: 'Ada Lovelace',
      passwordHash,
      isVerified: true,
      isStaff: true,
      isSuperuser: true,
    });
    const editor = await User.objects.create({ email: grace, name: 'Grace Hopper', passwordHash, isVerified: true });
    const reader = await User.objects.create({ email: alan, name: 'Alan Turing', passwordHash, isVerified: true });
    await this.permissions.addRoleToUser(editor.id, 'editor');
    return [superuser, editor, reader];
  }
}
