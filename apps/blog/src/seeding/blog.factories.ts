import { defineFactory } from '@core-framework/orm';
import { Comment } from '../comments/comment.model.js';
import { Post } from '../posts/post.model.js';
import { Tag } from '../tags/tag.model.js';
import { User } from '../users/user.model.js';

export const UserFactory = defineFactory(User, (faker, sequence) => {
  const [firstName, lastName] = [faker.person.firstName(), faker.person.lastName()];
  return {
    name: `${firstName} ${lastName}`,
    email: faker.internet.email({ firstName, lastName, provider: `reader${sequence}.example` }).toLowerCase(),
  };
});

export const TagFactory = defineFactory(Tag, (faker, sequence) => {
  const name = `${faker.word.noun()} ${sequence}`;
  return { name, slug: name.replaceAll(' ', '-') };
});

export const PostFactory = defineFactory(
  Post,
  (faker, sequence) => {
    const title = faker.lorem.sentence({ min: 3, max: 8 }).slice(0, -1);
    return {
      title,
      slug: `${faker.helpers.slugify(title).toLowerCase()}-${sequence}`,
      content: faker.lorem.paragraphs({ min: 2, max: 5 }),
      viewsCount: faker.number.int({ max: 5000 }),
      author: UserFactory,
    };
  },
  {
    states: {
      published: (faker) => ({ isPublished: true, publishedAt: faker.date.past({ years: 2 }) }),
    },
  },
);

export const CommentFactory = defineFactory(Comment, (faker) => ({
  body: faker.lorem.sentences({ min: 1, max: 4 }),
  post: PostFactory,
  author: UserFactory,
}));
