import { type DatabaseSeeder, Seeder, type SeederContext } from '@core-framework/orm';
import { Post } from '../posts/post.model.js';
import { User } from '../users/user.model.js';
import { CommentFactory, PostFactory, TagFactory, UserFactory } from './blog.factories.js';

/** The account that is there to be signed in with. */
export const SEEDED_LOGIN = 'ada@example.com';

const READERS = 35;
const TAGS = 12;
const POSTS = 320;
const COMMENTS = 1200;

/** Fills the blog with readers, tags, posts and comments; the same ones in every run. */
@Seeder()
export class BlogSeeder implements DatabaseSeeder {
  async run({ faker: inventor }: SeederContext): Promise<void> {
    const faker = await inventor();
    const ada = await User.objects.create({
      email: SEEDED_LOGIN,
      name: 'Ada Lovelace',
      isStaff: true,
      isSuperuser: true,
    });
    const users = [ada, ...(await UserFactory.seed(1).createMany(READERS))];
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
}
