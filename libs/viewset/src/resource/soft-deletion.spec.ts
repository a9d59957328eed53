import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Principal } from '@core-framework/common';
import { BaseModel, Field, type Manager, Model, PlainModel, type Ref, SoftDelete } from '@core-framework/orm';
import { ViewSet } from '../decorators/viewset.decorator.js';
import { AllowAny, IsAuthenticated, IsStaff } from '../permissions/standard.permissions.js';
import { IsOwner } from '../permissions/parameterised.permissions.js';
import { Permission } from '../permissions/permission.js';
import { or } from '../permissions/permission-operators.js';
import { TestApp } from '../testing/test-app.js';
import { ModelViewSet } from '../views/model.viewset.js';

@Model()
class Letter extends SoftDelete(BaseModel) {
  declare static readonly objects: Manager<Letter>;

  @Field.string({ maxLength: 20 }) title!: string;
}

@ViewSet({ model: Letter, permissions: [AllowAny] })
class LetterViewSet extends ModelViewSet<Letter> {}

@ViewSet({
  path: 'own-letters',
  model: Letter,
  permissions: [AllowAny],
  permissionsByAction: { destroy: [IsAuthenticated] },
  search: ['title'],
})
class OwnLetterViewSet extends ModelViewSet<Letter> {
  override scope(principal: Principal) {
    return { title__startswith: `u${principal.id}` };
  }
}

@ViewSet({ path: 'final-letters', model: Letter, permissions: [AllowAny], trash: false })
class FinalLetterViewSet extends ModelViewSet<Letter> {}

@Model()
class Writer extends PlainModel {
  declare static readonly objects: Manager<Writer>;

  @Field.pk() number!: number;
  @Field.string({ default: 'Ann' }) name!: string;
}

@Model()
class Draft extends SoftDelete(BaseModel) {
  declare static readonly objects: Manager<Draft>;

  @Field.string({ maxLength: 20 }) title!: string;
  @Field.foreignKey(() => Writer) writer!: Ref<Writer>;
}

class Never extends Permission {
  override hasObjectPermission() {
    return false;
  }
}

const drafts = { model: Draft, permissions: [AllowAny] } as const;

@ViewSet({ ...drafts, permissionsByAction: { destroy: [or(IsOwner('writer'), IsStaff)] } })
class DraftViewSet extends ModelViewSet<Draft> {}

@ViewSet({ ...drafts, path: 'kept-drafts', permissionsByAction: { destroy: [Never] } })
class KeptDraftViewSet extends ModelViewSet<Draft> {}

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({
    views: [LetterViewSet, OwnLetterViewSet, FinalLetterViewSet, DraftViewSet, KeptDraftViewSet],
    models: [Letter, Writer, Draft],
  });
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

test('trash lists what was deleted, and restore brings it back', async () => {
  const { body: letter } = await app.call('POST', '/letters', { body: { title: 'back' } });
  expect((await app.call('POST', `/letters/${letter.id}/restore`)).status).toBe(404);
  await app.call('DELETE', `/letters/${letter.id}`);
  const trash = await app.call('GET', '/letters/trash');
  expect(trash.body.results.map(({ id }: { id: number }) => id)).toContain(letter.id);
  const restored = await app.call('POST', `/letters/${letter.id}/restore`);
  expect([restored.status, restored.body]).toMatchObject([200, { id: letter.id, title: 'back', deletedAt: null }]);
  expect((await app.call('GET', `/letters/${letter.id}`)).status).toBe(200);
  expect((await app.call('GET', '/letters/trash')).body.results).not.toContainEqual(
    expect.objectContaining({ id: letter.id }),
  );
});

test('trash and restore obey the scope, the permissions of destroy and the search of lists', async () => {
  const titles = ['u1 a', 'u1 b', 'u2 a'];
  const ids: number[] = [];
  for (const title of titles) {
    const { body } = await app.call('POST', '/letters', { body: { title } });
    await app.call('DELETE', `/letters/${body.id}`);
    ids.push(body.id as number);
  }
  expect((await app.call('GET', '/own-letters/trash')).status).toBe(401);
  expect((await app.call('POST', `/own-letters/${ids[0]}/restore`)).status).toBe(401);
  const { body } = await app.call('GET', '/own-letters/trash?search=a', { as: '1' });
  expect([body.count, body.results[0].title]).toEqual([1, 'u1 a']);
  expect((await app.call('POST', `/own-letters/${ids[2]}/restore`, { as: '1' })).status).toBe(404);
  expect((await app.call('POST', `/own-letters/${ids[1]}/restore`, { as: '1' })).status).toBe(200);
});

test('trash lists what the caller may delete, object by object', async () => {
  await app.work(async () => {
    const writers = [await Writer.objects.create({ number: 1 }), await Writer.objects.create({ number: 2 })];
    for (const writer of writers) await Draft.objects.create({ title: `of ${writer.number}`, writer });
  });
  expect((await app.call('DELETE', '/drafts/2', { as: '1' })).status).toBe(403);
  for (const id of [1, 2]) expect((await app.call('DELETE', `/drafts/${id}`, { as: String(id) })).status).toBe(204);
  const trashOf = async (path: string, as: string) => {
    const { body } = await app.call('GET', `/${path}/trash`, { as });
    return [body.count, body.results.map(({ title }: Draft) => title)];
  };
  expect(await trashOf('drafts', '1')).toEqual([1, ['of 1']]);
  expect(await trashOf('drafts', '3')).toEqual([0, []]);
  expect(await trashOf('drafts', '3 staff')).toEqual([2, ['of 1', 'of 2']]);
  expect(await trashOf('kept-drafts', '1')).toEqual([0, []]);
});

test('a ViewSet may do without a trash', async () => {
  expect((await app.call('GET', '/final-letters/trash')).status).toBe(404);
  expect((await app.call('POST', '/final-letters/1/restore')).status).toBe(404);
});
