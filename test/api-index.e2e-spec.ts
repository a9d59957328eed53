import { BaseModel, CoreOrmModule, Field, Model } from '@core-framework/orm';
import { createTestApp, type TestAppOptions } from '@core-framework/testing';
import {
  AllowAny,
  ApiView,
  IsAuthenticated,
  ModelViewSet,
  ViewSet,
  ViewSetModule,
  type ViewSetModuleOptions,
} from '@core-framework/viewset';
import { expect, test } from '@jest/globals';
import { Controller, Get, Module, type Type } from '@nestjs/common';

@Model()
class Song extends BaseModel {
  @Field.string() title!: string;
}

@ViewSet({ model: Song, path: 'songs', permissions: [AllowAny] })
class SongViewSet extends ModelViewSet<Song> {}

@ViewSet({ model: Song, path: 'drafts', permissions: [IsAuthenticated] })
class DraftViewSet extends ModelViewSet<Song> {}

@ViewSet({ model: Song, path: 'uploads', permissions: [AllowAny], actions: ['create'] })
class SongUploadViewSet extends ModelViewSet<Song> {}

@ViewSet({ path: 'charts', permissions: [AllowAny] })
class ChartsView extends ApiView {
  get() {
    return [];
  }
}

function start(module: ViewSetModuleOptions = {}, options: TestAppOptions = {}, controllers: Type[] = []) {
  @Module({
    imports: [
      CoreOrmModule.forRoot({ schema: 'update' }),
      ViewSetModule.forRoot(module),
      ViewSetModule.forFeature([SongViewSet, DraftViewSet, SongUploadViewSet, ChartsView]),
    ],
    controllers,
  })
  class AppModule {}
  return createTestApp(AppModule, { database: 'sqlite://', ...options });
}

test('the prefix of the API answers the collections that the caller may see', async () => {
  await using app = await start();
  const { status, body } = await app.client
    .get('/api/v1', { headers: { host: 'songs.test' } })
    .then((answer) => ({ status: answer.status, body: answer.json() }));
  expect([status, body]).toEqual([
    200,
    { songs: 'http://songs.test/api/v1/songs', charts: 'http://songs.test/api/v1/charts' },
  ]);
  expect(Object.keys((await app.client.as({ id: 1 }).get('/api/v1/')).json())).toEqual(['songs', 'drafts', 'charts']);
  expect((await app.client.get('/api/v1?x=1')).json().errors).toHaveProperty('x');
});

test('it is read-only: HEAD is GET without a body, OPTIONS and 405 say so', async () => {
  await using app = await start();
  const [get, head] = [await app.client.get('/api/v1'), await app.client.head('/api/v1')];
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
  const options = await app.client.options('/api/v1');
  expect([options.status, options.headers.allow, options.json()]).toEqual([
    200,
    'GET, HEAD, OPTIONS',
    { name: 'ApiIndex', renders: ['application/json'], parses: [], actions: { GET: {} } },
  ]);
  for (const verb of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const refused = await app.client.request(verb, '/api/v1', { body: {} });
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
});

test('it is in the document of the API, in the format of answers', async () => {
  await using app = await start({ responseFormat: 'envelope' });
  expect((await app.client.get('/api/v1')).json()).toMatchObject({
    success: true,
    data: { songs: expect.any(String) },
  });
  const { get } = (await app.client.get('/openapi.json')).json().paths['/api/v1'];
  const { properties } = get.responses[200].content['application/json'].schema;
  expect(Object.keys(properties.data.properties)).toEqual(['songs', 'drafts', 'charts']);
});

test('without a prefix it stands at the root', async () => {
  await using app = await start({}, { env: { API_PREFIX: '' } });
  expect(Object.keys((await app.client.get('/')).json())).toEqual(['songs', 'charts']);
});

test.each([
  ['the option', start({ index: false })],
  ['the setting', start({}, { env: { API_INDEX_ENABLED: 'false' } })],
])('%s turns it off', async (_what, starting) => {
  await using app = await starting;
  expect((await app.client.get('/api/v1')).status).toBe(404);
  expect((await app.client.get('/openapi.json')).json().paths).not.toHaveProperty('/api/v1');
});

test('a route of the application goes before it', async () => {
  @Controller()
  class HomeController {
    @Get()
    home() {
      return { home: true };
    }
  }
  await using app = await start({}, {}, [HomeController]);
  expect((await app.client.get('/api/v1')).json()).toEqual({ home: true });
  expect((await app.client.post('/api/v1', {})).status).toBe(405);
});
