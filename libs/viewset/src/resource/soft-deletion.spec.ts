import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BaseModel, Field, type Manager, Model, SoftDelete } from '@core-framework/orm';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny } from '../permissions/standard.permissions.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Model()
class Letter extends SoftDelete(BaseModel) {
  declare static readonly objects: Manager<Letter>;

  @Field.string({ maxLength: 20 }) title!: string;
}

@ViewSet({ model: Letter, permissions: [AllowAny] })
class LetterViewSet extends ModelViewSet<Letter> {}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ views: [LetterViewSet], models: [Letter] });
});
afterAll(() => app?.close());

test('destroy soft-deletes a model that can be, and no action finds the row any more', async () => {
  const { body: letter } = await app.call('POST', '/letters', { body: { title: 'a' } });
  expect(letter.deletedAt).toBeNull();
  expect((await app.call('DELETE', `/letters/${letter.id}`)).status).toBe(204);
  const later = [
    await app.call('GET', `/letters/${letter.id}`),
    await app.call('PATCH', `/letters/${letter.id}`, { body: { title: 'b' } }),
    await app.call('DELETE', `/letters/${letter.id}`),
  ];
  expect(later.map(({ status }) => status)).toEqual([404, 404, 404]);
  expect((await app.call('GET', '/letters')).body.results).toEqual([]);
  const stored = await app.work(() => Letter.objects.onlyDeleted().get({ id: letter.id }));
  expect([stored.title, stored.isDeleted]).toEqual(['a', true]);
});

test('the time of deletion is no input', async () => {
  const { body: letter } = await app.call('POST', '/letters', { body: { title: 'a' } });
  await app.call('PATCH', `/letters/${letter.id}`, { body: { deletedAt: '2026-01-01T00:00:00Z' } });
  expect((await app.call('GET', `/letters/${letter.id}`)).body.deletedAt).toBeNull();
});
