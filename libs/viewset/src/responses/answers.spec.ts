import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Action } from '../decorators/action.decorator.js';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { Author } from '../testing/shop.models.js';
import { TestApp } from '../testing/test-app.js';
import { ReadOnlyModelViewSet } from '../views/read-only-model.viewset.js';
import { error, paginated, success } from './answers.js';

@ViewSet({ model: Author, permissions: [AllowAny], responseFormat: 'envelope', pagination: { format: 'offsets' } })
class AuthorViewSet extends ReadOnlyModelViewSet<Author> {
  @Action()
  byHand() {
    return success({ data: this.getQuerySet().definition.name, message: 'By hand' });
  }

  @Action({ responseFormat: 'bare' })
  bare() {
    return { plain: true };
  }

  @Action({ message: 'Noted' })
  note() {}

  @Action()
  async row() {
    return success({ data: await this.getQuerySet().first() });
  }

  @Action()
  fail() {
    throw error({ message: 'Not found', code: 'NOT_FOUND', status: 404 });
  }
}

describe('answers', () => {
  let shop: TestApp;
  const body = async (path: string) => (await shop.call('GET', `/authors${path}`)).body;

  beforeAll(async () => {
    shop = await TestApp.start({ views: [AuthorViewSet] });
    await shop.work(() => Author.objects.create({ name: 'Ann' }));
  });
  afterAll(() => shop?.close());

  test('are put into one envelope', async () => {
    expect(await body('/byHand')).toEqual({ success: true, message: 'By hand', data: 'Author' });
    expect(await body('/note')).toEqual({ success: true, message: 'Noted', data: null });
    expect(await body('/bare')).toEqual({ plain: true });
    expect(await body('')).toEqual({
      success: true,
      message: 'Operation successful',
      data: [expect.objectContaining({ name: 'Ann' })],
      meta: { total: 1, skip: 0, limit: 20, has_next: false },
    });
  });

  test('that are made by hand hide what is hidden, too', async () => {
    const { data } = await body('/row');
    expect(data).toMatchObject({ name: 'Ann' });
    expect(data).not.toHaveProperty('token');
  });

  test('of errors made by hand have their status and code', async () => {
    expect((await shop.call('GET', '/authors/fail')).status).toBe(404);
    expect(error({ message: 'No', code: 'no' }).client).toMatchObject({ status: 400, detail: 'No', code: 'no' });
  });

  test('of pages made by hand have the members of either kind', () => {
    expect(paginated({ items: [1], page: 2, perPage: 1, total: 3 })).toEqual({
      items: [1],
      page: 2,
      per_page: 1,
      total: 3,
    });
    expect(paginated({ items: [1], skip: 1, limit: 1, total: 3 })).toEqual({
      items: [1],
      skip: 1,
      limit: 1,
      total: 3,
      has_next: true,
    });
  });
});
