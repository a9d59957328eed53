import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { databaseKinds } from './support/databases.js';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { ANN, BOB, createWorld, ROOT, type World } from './support/world.js';

const POSTS = '/api/v1/posts';
/** A picture of one pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);
const DRAFT = { title: 'Fresh', content: 'New.' };

describe.each(await databaseKinds())('posts on %s', (kind) => {
  let sample: SampleApp;
  let world: World;
  let media: string;
  const call: SampleApp['call'] = (...parameters) => sample.call(...parameters);
  const post = (number: number) => `${POSTS}/${world.posts[number - 1]!.id}`;

  beforeAll(async () => {
    media = await mkdtemp(join(tmpdir(), 'blog-media-'));
    sample = await startSampleApp(kind, { MEDIA_ROOT: media });
  });
  beforeEach(async () => {
    world = await createWorld();
  });
  afterAll(async () => {
    await sample[Symbol.asyncDispose]();
    await rm(media, { recursive: true, force: true });
  });

  describe('list', () => {
    test('is a page of the published posts, open to everybody', async () => {
      const { body, status } = await call('get', POSTS);
      expect(status).toBe(200);
      expect(body).toMatchObject({ count: 4, next: null, previous: null });
      expect(body.results[0]).toEqual({
        id: expect.any(Number),
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updatedAt: expect.stringMatching(/Z$/),
        title: expect.stringMatching(/^T/),
        slug: expect.any(String),
        content: 'hello world',
        cover: null,
        isPublished: true,
        viewsCount: expect.any(Number),
        publishedAt: null,
        publishAt: null,
        author: expect.any(Number),
        tags: expect.any(Array),
        version: 1,
      });
    });

    test('shows authors their own drafts and staff all', async () => {
      expect((await call('get', POSTS, { as: ANN })).body.count).toBe(5);
      expect((await call('get', POSTS, { as: ROOT })).body.count).toBe(7);
    });

    test('pages by number and size with links that keep the other parameters', async () => {
      const { body } = await call('get', `${POSTS}?pageSize=2&search=hello&page=2`);
      expect(body.results).toHaveLength(2);
      expect(body.previous).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/posts\?pageSize=2&search=hello$/);
      expect(body.next).toBeNull();
      const first = await call('get', `${POSTS}?pageSize=3`);
      expect(first.body.next).toContain('page=2');
    });

    test('a page that does not exist is 404', async () => {
      for (const page of ['3', '0', '-1', 'x', '99999999999999999999']) {
        const { status, body } = await call('get', `${POSTS}?page=${page}`);
        expect([page, status, body.code]).toEqual([page, 404, 'not_found']);
      }
    });

    test('filters by lookups of the declared type', async () => {
      const ids = async (query: string, as?: string) => {
        const { body } = await call('get', `${POSTS}?${query}`, { as });
        return body.results.map((row: { title: string }) => row.title).toSorted();
      };
      expect(await ids('viewsCount__gte=50')).toEqual(['T5', 'T7']);
      expect(await ids('viewsCount__in=10,30')).toEqual(['T1', 'T3']);
      expect(await ids(`author=${world.bob.id}`)).toEqual(['T5', 'T7']);
      expect(await ids('isPublished=false', ANN)).toEqual(['T2']);
      expect(await ids('search=hello,T3')).toEqual(['T3']);
    });

    test.each([
      'viewsCount__gte=abc',
      'viewsCount__in=1,x',
      'isPublished=banana',
      'nope=1',
      'viewsCount__regex=1',
      'ordering=content',
      'author=x',
    ])('refuses %s and names the parameter', async (query) => {
      const { status, body } = await call('get', `${POSTS}?${query}`);
      expect(status).toBe(400);
      expect(body.code).toBe('invalid_input');
      expect(Object.keys(body.errors)).toEqual([query.split('=')[0]]);
    });

    test('orders by the columns that may be ordered by', async () => {
      const { body } = await call('get', `${POSTS}?ordering=-viewsCount`);
      expect(body.results.map((row: { title: string }) => row.title)).toEqual(['T7', 'T5', 'T3', 'T1']);
    });
  });

  describe('retrieve', () => {
    test('gives one post with its tags', async () => {
      const { status, body } = await call('get', post(1));
      expect(status).toBe(200);
      expect(body).toMatchObject({ title: 'T1', author: world.ann.id });
      expect(new Set(body.tags)).toEqual(new Set(world.tags.map((tag) => tag.id)));
    });

    test("another one's draft does not exist", async () => {
      expect((await call('get', post(2))).status).toBe(404);
      expect((await call('get', post(2), { as: BOB })).status).toBe(404);
      expect((await call('get', post(2), { as: ANN })).status).toBe(200);
    });

    test.each(['abc', '1.5', '9'.repeat(40), '%00', "1'--"])(
      'the id %s is 404 and says what was expected',
      async (id) => {
        const { status, body } = await call('get', `${POSTS}/${id}`);
        expect(status).toBe(404);
        expect(body.code).toBe('not_found');
        if (id === 'abc') {
          expect(body.detail).toEqual({
            error: 'invalid_lookup_value',
            message: expect.stringContaining('integer'),
            field: 'id',
            value: 'abc',
            expected_type: 'integer',
          });
        }
      },
    );

    test('answers HEAD like GET without a body', async () => {
      const { status, text, headers } = await call('head', post(1));
      expect([status, text]).toEqual([200, undefined]);
      expect(headers['content-type']).toMatch(/json/);
    });

    test('answers 304 to a reader who has the version', async () => {
      const { headers } = await call('get', post(1));
      expect(headers.etag).toMatch(/"/);
      const again = await call('get', post(1)).set('if-none-match', headers.etag!);
      expect([again.status, again.text]).toEqual([304, '']);
    });
  });

  describe('create', () => {
    test('answers 201 with the post and where it is', async () => {
      const { status, body, headers } = await call('post', POSTS, {
        as: ANN,
        body: { ...DRAFT, tags: [world.tags[0]!.id] },
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({ ...DRAFT, slug: 'fresh', isPublished: false, viewsCount: 0, author: world.ann.id });
      expect(body.tags).toEqual([world.tags[0]!.id]);
      expect(headers.location).toMatch(new RegExp(`/api/v1/posts/${body.id}$`));
      expect((await call('get', headers.location!.replace(/^https?:\/\/[^/]+/, ''), { as: ANN })).body).toEqual(body);
    });

    test('ignores read-only fields', async () => {
      const { status, body } = await call('post', POSTS, {
        as: ANN,
        body: { ...DRAFT, id: 999, viewsCount: 77, createdAt: '2000-01-01T00:00:00Z', version: 9 },
      });
      expect(status).toBe(201);
      expect(body).toMatchObject({ viewsCount: 0, version: 1 });
      expect(body.id).not.toBe(999);
      expect(body.createdAt).not.toMatch(/^2000/);
    });

    test('names every field that is wrong', async () => {
      const { status, body } = await call('post', POSTS, {
        as: ANN,
        body: { title: 'x'.repeat(201), isPublished: 'yes', tags: [99_999], surprise: 1 },
      });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        code: 'invalid_input',
        requestId: expect.any(String),
        errors: {
          title: [{ code: 'max_length' }],
          content: [{ code: 'required' }],
          isPublished: [{ code: 'invalid' }],
          surprise: [{ code: 'unknown_field' }],
        },
      });
    });

    test('tags are connected by key and created by object, in one request', async () => {
      const [known] = world.tags;
      const body = { ...DRAFT, tags: [known!.id, { name: 'Brand new' }] };
      const created = await call('post', POSTS, { as: ANN, body });
      expect([created.status, created.body.tags]).toEqual([201, [known!.id, expect.any(Number)]]);
      expect((await call('get', '/api/v1/tags/brand-new')).body.name).toBe('Brand new');
      const replaced = await call('patch', `${POSTS}/${created.body.id}`, { as: ANN, body: { tags: [known!.id] } });
      expect(replaced.body.tags).toEqual([known!.id]);
    });

    test('a cover is sent in a form, served, and taken away by null', async () => {
      const cover = await call('patch', post(1), { as: ANN }).attach('cover', PICTURE, 'cover.png');
      expect([cover.status, cover.body.cover]).toEqual([200, expect.stringMatching(/^\/media\/posts\/.+\.png$/)]);
      expect((await call('get', cover.body.cover)).headers['content-type']).toBe('image/png');
      const page = await call('patch', post(1), { as: ANN }).attach('cover', Buffer.from('<html>'), 'cover.png');
      expect([page.status, Object.keys(page.body.errors)]).toEqual([400, ['cover']]);
      expect((await call('patch', post(1), { as: ANN, body: { cover: null } })).body.cover).toBeNull();
      expect((await call('get', cover.body.cover)).status).toBe(404);
    });

    test('a tag that does not exist is an error of the item', async () => {
      const { status, body } = await call('post', POSTS, { as: ANN, body: { ...DRAFT, tags: [99_999] } });
      expect(status).toBe(400);
      expect(body.errors['tags.0']).toMatchObject([{ code: 'does_not_exist' }]);
    });

    test('a slug that is taken is an error of the field, also when two ask at once', async () => {
      const taken = await call('post', POSTS, { as: ANN, body: { ...DRAFT, slug: 's1' } });
      expect([taken.status, taken.body.errors.slug[0].code]).toEqual([400, 'unique']);
      const both = await Promise.all(
        [1, 2].map(() => call('post', POSTS, { as: ANN, body: { ...DRAFT, slug: 'race' } }).then((answer) => answer)),
      );
      expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 400]));
      expect(both.find(({ status }) => status === 400)!.body.errors.slug[0].code).toBe('unique');
    });

    test('nobody writes without credentials', async () => {
      const { status, headers, body } = await call('post', POSTS, { body: DRAFT });
      expect([status, body.code]).toEqual([401, 'not_authenticated']);
      expect(headers['www-authenticate']).toBe('Bearer');
      const forged = await call('post', POSTS, { body: DRAFT }).set('authorization', 'Bearer x.y.z');
      expect([forged.status, forged.body.code]).toEqual([401, 'invalid_token']);
    });
  });

  describe('update', () => {
    test('PUT needs the required fields and keeps the others', async () => {
      const missing = await call('put', post(1), { as: ANN, body: { title: 'Only' } });
      expect([missing.status, Object.keys(missing.body.errors)]).toEqual([400, ['content']]);
      const { status, body } = await call('put', post(1), { as: ANN, body: { title: 'Put', content: 'C' } });
      expect(status).toBe(200);
      expect(body).toMatchObject({ title: 'Put', content: 'C', isPublished: true, viewsCount: 10, version: 2 });
      expect(body.tags).toHaveLength(2);
    });

    test('PATCH writes what was sent', async () => {
      const before = (await call('get', post(1))).body;
      const { status, body } = await call('patch', post(1), { as: ANN, body: { title: 'Patched', tags: [] } });
      expect(status).toBe(200);
      expect(body).toEqual({
        ...before,
        title: 'Patched',
        tags: [],
        version: 2,
        updatedAt: expect.any(String),
      });
      expect((await call('patch', post(1), { as: ANN, body: {} })).status).toBe(200);
      const nothing = await call('patch', post(1), { as: ANN, body: { title: null } });
      expect(nothing.body.errors.title).toMatchObject([{ code: 'null' }]);
    });

    test('is for the author: others get 403 before their body is looked at', async () => {
      expect((await call('patch', post(1), { as: BOB, body: { title: 1 } })).status).toBe(403);
      expect((await call('put', post(1), { as: BOB, body: {} })).status).toBe(403);
      const broken = await call('put', post(1), { as: BOB }).set('content-type', 'application/json').send('{"a":');
      expect(broken.status).toBe(403);
      expect((await call('put', `${POSTS}/999999`, { as: ANN, body: {} })).status).toBe(404);
    });

    test('a stale If-Match is 412 and changes nothing', async () => {
      const { headers } = await call('get', post(1));
      expect(
        (await call('patch', post(1), { as: ANN, body: { title: 'A' } }).set('if-match', headers.etag!)).status,
      ).toBe(200);
      const stale = await call('patch', post(1), { as: ANN, body: { title: 'B' } }).set('if-match', headers.etag!);
      expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed']);
      expect((await call('get', post(1))).body.title).toBe('A');
    });
  });

  describe('destroy', () => {
    test('answers 204 and then 404', async () => {
      const gone = await call('delete', post(1), { as: ANN });
      expect([gone.status, gone.text]).toEqual([204, '']);
      expect((await call('delete', post(1), { as: ANN })).status).toBe(404);
    });

    test('is for the author and superusers', async () => {
      expect((await call('delete', post(1), { as: BOB })).status).toBe(403);
      expect((await call('delete', post(1), { as: ROOT })).status).toBe(204);
    });
  });

  describe('actions', () => {
    test('publish and unpublish change the post', async () => {
      const published = await call('post', `${post(2)}/publish`, { as: ANN });
      expect([published.status, published.body.isPublished]).toEqual([200, true]);
      expect((await call('get', post(2))).body).toMatchObject({ isPublished: true, publishedAt: expect.any(String) });
      expect((await call('post', `${post(2)}/unpublish`, { as: ANN })).body.isPublished).toBe(false);
      expect((await call('get', post(2))).status).toBe(404);
    });

    test('publish is for the author and for posts that exist', async () => {
      expect((await call('post', `${post(1)}/publish`)).status).toBe(401);
      expect((await call('post', `${post(1)}/publish`, { as: BOB })).status).toBe(403);
      expect((await call('post', `${POSTS}/999999/publish`, { as: ANN })).status).toBe(404);
      const wrong = await call('get', `${post(1)}/publish`, { as: ANN });
      expect([wrong.status, wrong.headers.allow]).toEqual([405, 'POST, OPTIONS']);
    });

    test('featured lists the most read published posts', async () => {
      const { status, body } = await call('get', `${POSTS}/featured`);
      expect(status).toBe(200);
      expect(body.map((row: { title: string }) => row.title)).toEqual(['T7', 'T5', 'T3', 'T1']);
    });

    test('stats tells the numbers of a post', async () => {
      expect((await call('get', `${post(1)}/stats`)).body).toMatchObject({ title: 'T1', viewsCount: 10, comments: 2 });
    });
  });

  describe('protocol', () => {
    test('both slash forms are the same resource', async () => {
      expect((await call('get', `${POSTS}/`)).body).toMatchObject({ count: 4 });
      expect((await call('post', `${POSTS}/`, { as: ANN, body: DRAFT })).status).toBe(201);
      expect((await call('get', `${post(1)}/`)).body.title).toBe('T1');
    });

    test('a verb that a path does not know is 405 with Allow, after the caller is known', async () => {
      expect((await call('put', POSTS)).status).toBe(401);
      const collection = await call('put', POSTS, { as: ANN });
      expect([collection.status, collection.headers.allow]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
      expect(collection.body).toMatchObject({ code: 'method_not_allowed' });
      const detail = await call('post', post(1), { as: ANN, body: {} });
      expect([detail.status, detail.headers.allow]).toEqual([405, 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS']);
      expect((await call('put', `${POSTS}/featured`, { as: ANN, body: {} })).status).toBe(405);
    });

    test('OPTIONS says what may be done and which fields there are', async () => {
      const { status, headers, body } = await call('options', POSTS, { as: ANN });
      expect(status).toBe(200);
      expect(headers.allow).toBe('GET, HEAD, POST, OPTIONS');
      expect(body.actions.POST.title).toMatchObject({ type: 'string', required: true, maxLength: 200 });
      const anonymous = await call('options', POSTS);
      expect(anonymous.body.actions?.POST).toBeUndefined();
    });

    test('broken JSON is 400, another media type 415, a list 400', async () => {
      const send = (type: string, text: string) =>
        call('post', POSTS, { as: ANN }).set('content-type', type).send(text);
      const broken = await send('application/json', '{"title":');
      expect([broken.status, broken.body.code]).toEqual([400, 'parse_error']);
      const xml = await send('application/xml', '<post/>');
      expect([xml.status, xml.body.code]).toEqual([415, 'unsupported_media_type']);
      expect((await send('application/json', '[]')).status).toBe(400);
      expect((await send('application/json', 'null')).status).toBe(400);
      expect((await send('application/json', '')).status).toBe(400);
    });

    test('nobody without credentials learns whether a body is broken', async () => {
      const answer = await call('post', POSTS).set('content-type', 'application/json').send('{"title":');
      expect(answer.status).toBe(401);
    });
  });
});
