import { BaseModel, CoreOrmModule, Field, type Manager, Model, type Ref } from '@core-framework/orm';
import { createTestApp, type TestApp } from '@core-framework/testing';
import { AllowAny, ModelViewSet, ViewSet, ViewSetModule } from '@core-framework/viewset';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';

@Model()
class Shelf extends BaseModel {
  declare static readonly objects: Manager<Shelf>;
  @Field.string() name!: string;
}

@Model()
class Volume extends BaseModel {
  declare static readonly objects: Manager<Volume>;
  @Field.string() title!: string;
  @Field.foreignKey(() => Shelf) shelf!: Ref<Shelf>;
}

@ViewSet({ model: Shelf, path: 'shelves', permissions: [AllowAny] })
class ShelfViewSet extends ModelViewSet<Shelf> {}

@ViewSet<Volume>({
  model: Volume,
  path: 'volumes',
  permissions: [AllowAny],
  pagination: { pageSize: 1 },
  parent: { viewset: ShelfViewSet, field: 'shelf' },
})
class VolumeViewSet extends ModelViewSet<Volume> {}

@ViewSet({ model: Shelf, path: 'shelves', permissions: [AllowAny], actions: ['list'] })
class StaffShelfViewSet extends ModelViewSet<Shelf> {}

@Module({ imports: [ViewSetModule.forFeature([ShelfViewSet, VolumeViewSet])] })
class LibraryModule {}

@Module({ controllers: [StaffShelfViewSet] })
class StaffModule {}

@Module({
  imports: [
    CoreOrmModule.forRoot({ models: [Shelf, Volume], schema: 'update' }),
    ViewSetModule.forRoot(),
    LibraryModule,
    StaffModule,
    RouterModule.register([
      { path: 'library', module: LibraryModule, children: [{ path: 'staff', module: StaffModule }] },
    ]),
  ],
})
class AppModule {}

const LIBRARY = '/api/v1/library';
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp(AppModule);
});
afterAll(() => app.close());

test('ViewSets of a module have the prefix that RouterModule gives it, imported and declared ones', async () => {
  const created = await app.client.post(`${LIBRARY}/shelves`, { name: 'One' });
  expect([created.status, created.headers.location]).toEqual([201, `${LIBRARY}/shelves/1`]);
  expect((await app.client.get(`${LIBRARY}/shelves/1`)).json()).toMatchObject({ name: 'One' });
  expect((await app.client.get(`${LIBRARY}/staff/shelves`)).json().count).toBe(1);
  expect((await app.client.get('/api/v1/shelves')).status).toBe(404);
});

test('nested ViewSets, links, 405 and OPTIONS have it too', async () => {
  const volumes = `${LIBRARY}/shelves/1/volumes`;
  for (const title of ['a', 'b']) expect((await app.client.post(volumes, { title })).status).toBe(201);
  const page = (await app.client.get(volumes)).json();
  expect([page.count, page.next]).toEqual([
    2,
    expect.stringMatching(/\/api\/v1\/library\/shelves\/1\/volumes\?page=2$/),
  ]);
  expect((await app.client.get(`${LIBRARY}/shelves/9/volumes`)).status).toBe(404);
  expect((await app.client.put(`${LIBRARY}/staff/shelves`, {})).headers.allow).toBe('GET, HEAD, OPTIONS');
  expect((await app.client.options(volumes)).json().actions.POST.title).toMatchObject({ required: true });
});

test('the document and the index of the API name the paths as they are', async () => {
  const paths = Object.keys((await app.client.get('/openapi.json')).json().paths);
  expect(paths.toSorted()).toEqual(
    [
      '/api/v1',
      `${LIBRARY}/shelves`,
      `${LIBRARY}/shelves/{id}`,
      `${LIBRARY}/shelves/{shelf_id}/volumes`,
      `${LIBRARY}/shelves/{shelf_id}/volumes/{id}`,
      `${LIBRARY}/staff/shelves`,
    ].toSorted(),
  );
  const index = (await app.client.get('/api/v1')).json();
  expect(Object.keys(index)).toEqual(['library/shelves', 'library/staff/shelves']);
  expect(new URL(index['library/shelves']).pathname).toBe(`${LIBRARY}/shelves`);
});
