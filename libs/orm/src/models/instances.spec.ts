import { expect, test } from '@jest/globals';
import { ref } from '@mikro-orm/core';
import {
  DoesNotExistError,
  InvalidValueError,
  NotNullViolationError,
  UniqueViolationError,
  VersionConflictError,
} from '../errors/orm.errors.js';
import { runInContext } from '../context/run-in-context.js';
import { atomic } from '../transactions/atomic.js';
import { BLOG_MODELS, Comment, Country, Post, Tag, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';

describeEachDatabase(BLOG_MODELS, (under) => {
  const { run } = under;
  const newUser = (email = 'ann@example.com') => User.objects.create({ email });

  test('a new row gets its key, defaults, automatic times and a slug', () =>
    run(async () => {
      const before = Date.now();
      const post = await Post.objects.create({ title: 'Crème brûlée!', author: await newUser() });
      expect(post).toMatchObject({
        slug: 'creme-brulee',
        isPublished: false,
        viewsCount: 0,
        price: '1.50',
        state: 'draft',
        version: 1,
      });
      expect(post.id).toBeGreaterThan(0);
      expect(post.createdAt).toEqual(post.updatedAt);
      expect(post.createdAt.getTime()).toBeGreaterThanOrEqual(before);
      expect(post.tags.getItems()).toEqual([]);
    }));

  test('every type comes back as it was stored', async () => {
    const values = {
      title: 'Ünïcode 🎈 "quotes" \\ % _',
      publishedAt: new Date('2026-02-03T04:05:06.007Z'),
      day: '2026-12-31',
      hour: '23:59:58',
      price: '12345678.90',
      rating: 0.1,
      bytes: 9223372036854775807n,
      meta: { list: [1, 'two', null, { deep: true }] },
      token: '0190163d-8694-739b-aea5-966c26f8ad91',
      state: 'final' as const,
    };
    const id = await run(async () => (await Post.objects.create({ ...values, author: await newUser() })).id);
    await run(async () => {
      expect(await Post.objects.get({ id })).toMatchObject(values);
      const [row] = await Post.objects.values();
      expect(row).toMatchObject(values);
      const [json] = await Post.objects.rows({ json: true });
      expect(json).toMatchObject({ ...values, publishedAt: '2026-02-03T04:05:06.007Z', bytes: '9223372036854775807' });
    });
  });

  test('an instance made by new is stored by save', () =>
    run(async () => {
      const author = await newUser();
      const post = Object.assign(new Post(), { title: 'Made by hand', author: ref(author) });
      expect(await post.save()).toBe(post);
      expect(await Post.objects.get({ id: post.id })).toBe(post);
    }));

  test('a related row or its key may be set directly', () =>
    run(async () => {
      const author = await newUser();
      await Country.objects.create({ code: 'NO', name: 'Norway' });
      const byKey = await Object.assign(new User(), { email: 'b@example.com', country: 'NO' }).save();
      expect(byKey.toDict().country).toBe('NO');
      const byRow = await Object.assign(new Post(), { title: 'By row', author }).save();
      Object.assign(byRow, { editor: author });
      await byRow.save();
      expect(await Post.objects.filter({ author, editor: author }).valuesList('title')).toEqual([['By row']]);
    }));

  test('bulkCreate numbers slugs that would be the same', () =>
    run(async () => {
      const [ann, bob] = await User.objects.bulkCreate([{ email: 'a@example.com' }, { email: 'b@example.com' }]);
      const posts = await Post.objects.bulkCreate([
        { title: 'Same', author: ann },
        { title: 'Same', author: bob },
      ]);
      expect(posts.map(({ slug }) => slug)).toEqual(['same', 'same-2']);
    }));

  test('a slug that is taken gets the next free number', () =>
    run(async () => {
      const author = await newUser();
      const other = await newUser('bob@example.com');
      const third = await newUser('eve@example.com');
      const slugs = [];
      for (const who of [author, other, third])
        slugs.push((await Post.objects.create({ title: 'Same', author: who })).slug);
      expect(slugs).toEqual(['same', 'same-2', 'same-3']);
    }));

  test('transactions that make the same slug at once all get one', () =>
    run(async () => {
      const people = [];
      for (let number = 0; number < 8; number++) people.push(await newUser(`reader${number}@example.com`));
      const create = (author: User) => atomic(() => Post.objects.create({ title: 'Rush', author }));
      const posts = await Promise.all(people.map((author) => runInContext(() => create(author), under)));
      const slugs = ['rush', 'rush-2', 'rush-3', 'rush-4', 'rush-5', 'rush-6', 'rush-7', 'rush-8'];
      expect(posts.map(({ slug }) => slug).toSorted()).toEqual(slugs);
      expect(await Post.objects.filter({ slug__in: slugs }).count()).toBe(8);
    }));

  test('a slug that the caller chose is never changed', () =>
    run(async () => {
      const author = await newUser();
      await Post.objects.create({ title: 'One', slug: 'same', author });
      await expect(Post.objects.create({ title: 'Two', slug: 'same', author })).rejects.toThrow(UniqueViolationError);
    }));

  test('save writes only what changed, and nothing when nothing did', () =>
    run(async () => {
      const user = await newUser();
      await User.objects.filter({ id: user.id }).update({ isActive: false });
      user.email = 'new@example.com';
      await user.save();
      expect(await User.objects.values('email', 'isActive')).toEqual([{ email: 'new@example.com', isActive: false }]);
      await User.objects.filter({ id: user.id }).update({ email: 'newest@example.com' });
      await user.save();
      expect(await User.objects.values('email')).toEqual([{ email: 'newest@example.com' }]);
    }));

  test('save leaves changes of related rows alone', () =>
    run(async () => {
      const author = await newUser();
      const post = await Post.objects.create({ title: 'One', author });
      author.email = 'changed@example.com';
      post.title = 'Two';
      await post.save();
      expect(await User.objects.values('email')).toEqual([{ email: 'ann@example.com' }]);
    }));

  test('save sets updatedAt and keeps createdAt', () =>
    run(async () => {
      const post = await Post.objects.create({ title: 'One', author: await newUser() });
      const { createdAt, updatedAt } = post;
      await new Promise((resolve) => setTimeout(resolve, 5));
      post.title = 'Two';
      await post.save();
      await post.refresh();
      expect(post.createdAt).toEqual(createdAt);
      expect(post.updatedAt.getTime()).toBeGreaterThan(updatedAt.getTime());
    }));

  test('of two writers of one version the second is told', async () => {
    const id = await run(async () => (await Post.objects.create({ title: 'One', author: await newUser() })).id);
    const [first, second] = await Promise.all([
      run(() => Post.objects.get({ id })),
      run(() => Post.objects.get({ id })),
    ]);
    first.title = 'First';
    second.title = 'Second';
    await run(() => first.save());
    const conflict = await run(() => second.save()).catch((error: unknown) => error);
    expect(conflict).toBeInstanceOf(VersionConflictError);
    expect(conflict).toMatchObject({ version: 1, client: { status: 409, code: 'version_conflict' } });
    expect(await run(() => Post.objects.values('title', 'version'))).toEqual([{ title: 'First', version: 2 }]);
    await run(async () => (await second.refresh()).title);
    second.title = 'Second';
    await run(() => second.save());
    expect(second.version).toBe(3);
  });

  test('save and refresh tell when the row is gone', () =>
    run(async () => {
      const user = await newUser();
      await User.objects.filter({ id: user.id }).delete();
      user.email = 'late@example.com';
      await expect(user.save()).rejects.toBeInstanceOf(DoesNotExistError);
      await expect(user.refresh()).rejects.toBeInstanceOf(DoesNotExistError);
    }));

  test('delete removes the row, and save then stores it anew', () =>
    run(async () => {
      const user = await newUser();
      await user.delete();
      expect(await User.objects.exists()).toBe(false);
      await expect(user.delete()).rejects.toBeInstanceOf(DoesNotExistError);
      await user.save();
      expect(await User.objects.count()).toBe(1);
    }));

  test('refresh takes over what the database holds, unsaved changes included', () =>
    run(async () => {
      const user = await newUser();
      await User.objects.update({ email: 'new@example.com' });
      user.isActive = false;
      await user.refresh();
      expect(user).toMatchObject({ email: 'new@example.com', isActive: true });
      user.email = 'newer@example.com';
      await user.save();
      expect(await User.objects.values('email', 'isActive')).toEqual([{ email: 'newer@example.com', isActive: true }]);
    }));

  test('reading again does not undo changes that are not saved', () =>
    run(async () => {
      const user = await newUser();
      user.email = 'pending@example.com';
      await User.objects.all();
      await user.save();
      expect(await User.objects.values('email')).toEqual([{ email: 'pending@example.com' }]);
    }));

  test('a partly loaded instance keeps the columns it does not know', async () => {
    await run(async () => Post.objects.create({ title: 'One', author: await newUser(), meta: { kept: true } }));
    await run(async () => {
      const post = await Post.objects.only('title').get();
      expect(post.meta).toBeUndefined();
      post.title = 'Two';
      await post.save();
    });
    expect(await run(() => Post.objects.values('title', 'meta', 'version'))).toEqual([
      { title: 'Two', meta: { kept: true }, version: 2 },
    ]);
  });

  test('toDict shows columns, related rows as keys and nothing hidden', () =>
    run(async () => {
      const author = await User.objects.create({ email: 'ann@example.com', passwordHash: 'secret' });
      const post = await Post.objects.create({ title: 'One', author });
      expect(post.toDict()).toMatchObject({ title: 'One', author: author.id, editor: null });
      expect(post.toDict()).not.toHaveProperty('tags');
      expect(author.toDict()).not.toHaveProperty('passwordHash');
    }));

  test('a model with a text as key needs it given', () =>
    run(async () => {
      await Country.objects.create({ code: 'NO', name: 'Norway' });
      const user = await User.objects.create({ email: 'a@example.com', country: 'NO' });
      expect(user.toDict().country).toBe('NO');
      expect(await User.objects.filter({ country__name: 'Norway' }).count()).toBe(1);
      await expect(Country.objects.create({ name: 'Nowhere' })).rejects.toBeInstanceOf(NotNullViolationError);
    }));

  test('values of a wrong type are refused before any SQL', () =>
    run(async () => {
      const author = await newUser();
      const wrong = [
        { title: { $ne: '' } },
        { title: 'x'.repeat(201) },
        { title: 'nul\0' },
        { viewsCount: '7' },
        { viewsCount: 1.5 },
        { author: { id: author.id, isActive: false } },
        { publishedAt: new Date(Number.NaN) },
        { nothing: 1 },
        { tags: [1] },
      ];
      for (const values of wrong) {
        await expect(Post.objects.create({ title: 'One', author, ...(values as object) })).rejects.toBeInstanceOf(
          InvalidValueError,
        );
      }
      await expect(Post.objects.create({ title: 'One', author: new User() })).rejects.toBeInstanceOf(InvalidValueError);
      expect(await Post.objects.count()).toBe(0);
    }));

  test('undefined never becomes an empty column', () =>
    run(async () => {
      const post = await Post.objects.create({ title: 'One', author: await newUser(), day: '2026-01-01' });
      post.day = undefined;
      await post.save();
      expect(await Post.objects.values('day')).toEqual([{ day: '2026-01-01' }]);
      post.day = null;
      await post.save();
      expect(await Post.objects.values('day')).toEqual([{ day: null }]);
    }));

  test('what is saved by MikroORM itself and by save is the same', () =>
    run(async () => {
      const em = under.database.entityManager();
      const author = await newUser();
      const post = await Post.objects.create({
        title: 'One',
        author,
        bytes: 5n,
        meta: [1],
        price: '2.00',
        day: '2026-01-01',
      });
      em.getUnitOfWork().computeChangeSets();
      expect(em.getUnitOfWork().getChangeSets()).toEqual([]);
      em.clear();
      const loaded = await Post.objects.get({ id: post.id });
      em.getUnitOfWork().computeChangeSets();
      expect(em.getUnitOfWork().getChangeSets()).toEqual([]);
      loaded.title = 'Two';
      await em.flush();
      expect(await Post.objects.values('title', 'version')).toEqual([{ title: 'Two', version: 2 }]);
    }));

  test('a link table takes exactly the rows that are set', () =>
    run(async () => {
      const post = await Post.objects.create({ title: 'One', author: await newUser() });
      const [red, green, blue] = await Tag.objects.bulkCreate([{ name: 'red' }, { name: 'green' }, { name: 'blue' }]);
      await Post.objects.setLinks('tags', post.id, [red, green?.id]);
      await Post.objects.setLinks('tags', post.id, [green?.id, blue?.id]);
      expect(await Post.objects.links('tags', [post.id])).toEqual([
        [post.id, green?.id],
        [post.id, blue?.id],
      ]);
      expect(await Tag.objects.links('posts', [blue?.id])).toEqual([[blue?.id, post.id]]);
      await expect(Post.objects.setLinks('tags', post.id, [999_999])).rejects.toMatchObject({
        code: 'ORM_FOREIGN_KEY_VIOLATION',
      });
      expect(await Post.objects.links('tags', [post.id])).toHaveLength(2);
      expect(await Post.objects.links('tags', [post.id], { limit: 1 })).toHaveLength(1);
      await expect(Post.objects.links('tags', [post.id], { limit: -1 })).rejects.toMatchObject({
        code: 'ORM_INVALID_LOOKUP',
      });
      await expect(Post.objects.links('author', [post.id])).rejects.toMatchObject({ code: 'ORM_INVALID_LOOKUP' });
      await Comment.objects.exists();
    }));

  test('links that somebody else adds at the same time are no clash', () =>
    run(async () => {
      const post = await Post.objects.create({ title: 'One', author: await newUser() });
      const [red, green] = await Tag.objects.bulkCreate([{ name: 'red' }, { name: 'green' }]);
      const keys = [red?.id, green?.id];
      for (let round = 0; round < 5; round++) {
        await Post.objects.setLinks('tags', post.id, []);
        const setting = Array.from({ length: 6 }, () => run(() => Post.objects.setLinks('tags', post.id, keys)));
        await Promise.all(setting);
        expect(await Post.objects.links('tags', [post.id])).toHaveLength(2);
      }
      await Post.objects.addLinks('tags', [[post.id, red?.id]]);
      expect(await Post.objects.links('tags', [post.id])).toHaveLength(2);
    }));

  test('save with only writes the named columns, and the times and version along', () =>
    run(async () => {
      const post = await Post.objects.create({ title: 'One', author: await newUser() });
      post.title = 'Two';
      post.viewsCount = 7;
      await post.save({ only: ['viewsCount'] });
      const stored = await run(() => Post.objects.get({ id: post.id }));
      expect([stored.title, stored.viewsCount, stored.version]).toEqual(['One', 7, 2]);
      await post.save({ only: [] });
      expect(post.version).toBe(2);
      await post.save();
      expect(await Post.objects.values('title', 'version')).toEqual([{ title: 'Two', version: 3 }]);
      await expect(new Tag().save({ only: ['name'] })).rejects.toBeInstanceOf(DoesNotExistError);
      // @ts-expect-error no column
      await expect(post.save({ only: ['comments'] })).rejects.toBeInstanceOf(InvalidValueError);
    }));

  test('refresh of columns leaves the others as they are', () =>
    run(async () => {
      const [ann, bob] = [await newUser(), await newUser('bob@example.com')];
      const post = await Post.objects.create({ title: 'One', author: ann });
      await run(() => Post.objects.update({ title: 'New', viewsCount: 5, author: bob }));
      post.title = 'Mine';
      await post.refresh('viewsCount', 'author');
      expect([post.title, post.viewsCount, post.author.id, post.version]).toEqual(['Mine', 5, bob.id, 1]);
      expect(() => post.author.unwrap()).not.toThrow();
      await expect(post.save()).rejects.toBeInstanceOf(VersionConflictError);
      await post.refresh('version');
      await post.save();
      expect(await Post.objects.values('title', 'viewsCount')).toEqual([{ title: 'Mine', viewsCount: 5 }]);
      // @ts-expect-error no column
      await expect(post.refresh('nothing')).rejects.toBeInstanceOf(InvalidValueError);
    }));

  test('a change of links alone is a new version of the row', () =>
    run(async () => {
      const post = await Post.objects.create({ title: 'One', author: await newUser() });
      const [red, green] = await Tag.objects.bulkCreate([{ name: 'red' }, { name: 'green' }]);
      const version = async () => (await Post.objects.values('version'))[0]?.version;
      const stale = await run(() => Post.objects.get({ id: post.id }));
      await Post.objects.setLinks('tags', post, [red]);
      expect([post.version, await version()]).toEqual([2, 2]);
      await Post.objects.setLinks('tags', post, [red]);
      expect([post.version, await version()]).toEqual([2, 2]);
      await expect(run(() => Post.objects.setLinks('tags', stale, [green]))).rejects.toBeInstanceOf(
        VersionConflictError,
      );
      expect(await Post.objects.links('tags', [post.id])).toEqual([[post.id, red?.id]]);
      await Post.objects.setLinks('tags', post.id, [green]);
      expect([post.version, await version()]).toEqual([2, 2]);
      await atomic(async () => {
        post.title = 'Two';
        await post.save();
        await Post.objects.setLinks('tags', post, []);
      });
      expect([post.version, await version()]).toEqual([3, 3]);
    }));
});
