import { expect, test } from '@jest/globals';
import { clientAnswerOf } from '@core-framework/common';
import { BLOG_MODELS, Comment, Post, User } from '../testing/blog.models.js';
import { describeEachDatabase } from '../testing/each-database.js';
import { ForeignKeyViolationError, NotNullViolationError, ProtectedError, UniqueViolationError } from './orm.errors.js';

describeEachDatabase(BLOG_MODELS, ({ run }) => {
  const failureOf = (work: () => Promise<unknown>) =>
    run(() =>
      work().then(
        () => undefined,
        (error: unknown) => error,
      ),
    );

  test('a clash in one field names it', async () => {
    const error = await failureOf(async () => {
      await User.objects.create({ email: 'a@example.com' });
      await User.objects.create({ email: 'a@example.com' });
    });
    expect(error).toBeInstanceOf(UniqueViolationError);
    expect(error).toMatchObject({ model: 'User', fields: ['email'] });
    expect(clientAnswerOf(error)).toMatchObject({
      status: 400,
      code: 'invalid_input',
      errors: { email: [{ code: 'unique', message: 'user with this email already exists.' }] },
    });
    expect(String((error as Error).message)).not.toContain('a@example.com');
  });

  test('a clash in several fields is an error of the whole', async () => {
    const error = await failureOf(async () => {
      const author = await User.objects.create({ email: 'a@example.com' });
      await Post.objects.create({ title: 'Same', author });
      await Post.objects.create({ title: 'Same', slug: 'other', author });
    });
    expect(error).toMatchObject({ fields: ['author', 'title'] });
    expect(clientAnswerOf(error)?.errors).toEqual({
      nonFieldErrors: [{ code: 'unique', message: 'The fields author, title must make a unique set.' }],
    });
  });

  test('a clash of an update is told too, by save and by update', async () => {
    const attempt = (change: (bob: User) => Promise<unknown>) => async () => {
      await User.objects.create({ email: 'a@example.com' });
      await change(await User.objects.create({ email: 'b@example.com' }));
    };
    const bySave = await failureOf(attempt((bob) => Object.assign(bob, { email: 'a@example.com' }).save()));
    expect(bySave).toMatchObject({ code: 'ORM_UNIQUE_VIOLATION', fields: ['email'] });
    await run(() => User.objects.delete());
    const byUpdate = await failureOf(attempt(() => User.objects.update({ email: 'a@example.com' })));
    expect(byUpdate).toMatchObject({ code: 'ORM_UNIQUE_VIOLATION', fields: ['email'] });
  });

  test('a key that leads nowhere names the relation', async () => {
    const error = await failureOf(() => Post.objects.create({ title: 'x', author: 12345 }));
    expect(error).toBeInstanceOf(ForeignKeyViolationError);
    expect(error).toMatchObject({
      fields: ['author'],
      client: { status: 400, errors: { author: [{ code: 'does_not_exist' }] } },
    });
  });

  test('a row that others need cannot be deleted', async () => {
    const error = await failureOf(async () => {
      const author = await User.objects.create({ email: 'a@example.com' });
      const post = await Post.objects.create({ title: 'x', author });
      await Comment.objects.create({ post, body: 'x' });
      await post.delete();
    });
    expect(error).toBeInstanceOf(ProtectedError);
    expect(clientAnswerOf(error)).toMatchObject({ status: 409, code: 'protected' });
    expect(await failureOf(() => Post.objects.delete())).toBeInstanceOf(ProtectedError);
  });

  test('an empty required field is named', async () => {
    const error = await failureOf(async () =>
      Post.objects.create({ author: await User.objects.create({ email: 'a@example.com' }) }),
    );
    expect(error).toBeInstanceOf(NotNullViolationError);
    expect(error).toMatchObject({ fields: ['title'] });
  });

  test('the cascade and the emptying of deleted relations are the database’s', () =>
    run(async () => {
      const author = await User.objects.create({ email: 'a@example.com' });
      const editor = await User.objects.create({ email: 'b@example.com' });
      await Post.objects.create({ title: 'x', author, editor });
      await editor.delete();
      expect(await Post.objects.values('editor')).toEqual([{ editor: null }]);
      await author.delete();
      expect(await Post.objects.count()).toBe(0);
    }));
});
