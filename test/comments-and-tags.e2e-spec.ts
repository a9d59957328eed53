import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { databaseKinds } from './support/databases.js';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { ANN, BOB, createWorld, ROOT, type World } from './support/world.js';

const COMMENTS = '/api/v1/comments';
const TAGS = '/api/v1/tags';

describe.each(await databaseKinds())('comments and tags on %s', (kind) => {
  let sample: SampleApp;
  let world: World;
  const call: SampleApp['call'] = (...parameters) => sample.call(...parameters);

  beforeAll(async () => {
    sample = await startSampleApp(kind);
  });
  beforeEach(async () => {
    world = await createWorld();
  });
  afterAll(async () => sample[Symbol.asyncDispose]());

  describe('comments', () => {
    test('are written by whoever is signed in, in their own name', async () => {
      const post = world.posts[0]!.id;
      const { status, body } = await call('post', COMMENTS, { as: BOB, body: { body: ' Nice. ', post } });
      expect(status).toBe(201);
      expect(body).toMatchObject({ body: 'Nice.', post, author: world.bob.id });
      const forged = await call('post', COMMENTS, { as: BOB, body: { body: 'x', post, author: world.ann.id } });
      expect([forged.status, forged.body.author]).toEqual([201, world.bob.id]);
    });

    test('of a post that does not exist are an error of the field', async () => {
      for (const [post, code] of [
        [999_999, 'does_not_exist'],
        ['x', 'incorrect_type'],
        [null, 'null'],
      ]) {
        const { status, body } = await call('post', COMMENTS, { as: ANN, body: { body: 'x', post } });
        expect([status, body.errors.post[0].code]).toEqual([400, code]);
      }
    });

    test('of a draft are seen by its author only', async () => {
      const draft = world.posts[1]!.id;
      const { body: comment } = await call('post', COMMENTS, { as: ANN, body: { body: 'Mine.', post: draft } });
      expect((await call('get', `${COMMENTS}/${comment.id}`)).status).toBe(404);
      expect((await call('get', `${COMMENTS}?post=${draft}`, { as: BOB })).body.count).toBe(0);
      expect((await call('get', `${COMMENTS}?post=${draft}`, { as: ANN })).body.count).toBe(1);
    });

    test('are found and written below their post, and below no draft of others', async () => {
      const [published, draft] = world.posts.map(({ id }) => `/api/v1/posts/${id}/comments`) as [string, string];
      const forged = { body: 'Nice.', post: world.posts[1]!.id };
      const { status, body } = await call('post', published, { as: BOB, body: forged });
      expect([status, body.post, body.author]).toEqual([201, world.posts[0]!.id, world.bob.id]);
      expect((await call('get', published)).body.count).toBe(3);
      expect((await call('get', draft, { as: BOB })).status).toBe(404);
      expect((await call('get', draft, { as: ANN })).body.count).toBe(0);
      expect((await call('post', draft, { as: BOB, body: { body: 'x' } })).status).toBe(404);
    });

    test('are deleted softly: out of every list, in the trash, and back', async () => {
      const [first] = (await call('get', COMMENTS)).body.results;
      expect((await call('delete', `${COMMENTS}/${first.id}`, { as: ANN })).status).toBe(204);
      expect((await call('get', `${COMMENTS}/${first.id}`)).status).toBe(404);
      const { body } = await call('get', `/api/v1/posts/${world.posts[0]!.id}?expand=comments`);
      expect(body.comments).toHaveLength(1);
      expect((await call('get', `${COMMENTS}/trash`)).status).toBe(401);
      expect((await call('get', `${COMMENTS}/trash`, { as: ANN })).body.results).toMatchObject([{ id: first.id }]);
      expect((await call('post', `${COMMENTS}/${first.id}/restore`, { as: BOB })).status).toBe(403);
      expect((await call('post', `${COMMENTS}/${first.id}/restore`, { as: ANN })).body.deletedAt).toBeNull();
      expect((await call('get', COMMENTS)).body.count).toBe(2);
    });

    test('go with their post', async () => {
      expect((await call('get', COMMENTS)).body.count).toBe(2);
      expect((await call('delete', `/api/v1/posts/${world.posts[0]!.id}`, { as: ANN })).status).toBe(204);
      expect((await call('get', COMMENTS)).body.count).toBe(0);
    });
  });

  describe('tags', () => {
    test('are found by their slug', async () => {
      const { status, body } = await call('get', `${TAGS}/nest`);
      expect([status, body.name]).toEqual([200, 'Nest']);
      expect((await call('get', `${TAGS}/no-such-tag`)).status).toBe(404);
      expect((await call('get', `${TAGS}/${'x'.repeat(400)}`)).status).toBe(404);
    });

    test('are written and deleted several at once, all or none', async () => {
      const many = (...names: string[]) =>
        call('post', `${TAGS}/bulk`, { as: BOB, body: names.map((name) => ({ name })) });
      const { status, body } = await many('Alpha', 'Beta');
      expect([status, body.map(({ slug }: { slug: string }) => slug)]).toEqual([201, ['alpha', 'beta']]);
      const refused = await many('Gamma', 'Alpha', 'Gamma');
      expect([refused.status, Object.keys(refused.body.errors)]).toEqual([400, ['1.name', '2.name']]);
      expect((await call('get', `${TAGS}/gamma`)).status).toBe(404);
      expect((await call('delete', `${TAGS}/bulk?slug__in=alpha,beta`, { as: BOB })).status).toBe(403);
      expect((await call('delete', `${TAGS}/bulk?slug__in=alpha,beta`, { as: ROOT })).status).toBe(204);
    });

    test('get a slug of their name and say where they are', async () => {
      const { status, body, headers } = await call('post', TAGS, { as: BOB, body: { name: 'Type Script' } });
      expect([status, body.slug]).toEqual([201, 'type-script']);
      expect(headers.location).toMatch(/\/api\/v1\/tags\/type-script$/);
    });

    test('have unique names, on create and on change', async () => {
      const taken = await call('post', TAGS, { as: BOB, body: { name: 'Nest', slug: 'other' } });
      expect([taken.status, Object.keys(taken.body.errors)]).toEqual([400, ['name']]);
      expect((await call('patch', `${TAGS}/nest`, { as: ROOT, body: { name: 'Nest' } })).status).toBe(200);
      expect((await call('patch', `${TAGS}/nest`, { as: ROOT, body: { name: 'Fastify' } })).status).toBe(400);
    });

    test('are changed by staff', async () => {
      expect((await call('patch', `${TAGS}/nest`, { body: {} })).status).toBe(401);
      expect((await call('patch', `${TAGS}/nest`, { as: BOB, body: {} })).status).toBe(403);
      expect((await call('delete', `${TAGS}/nest`, { as: ROOT })).status).toBe(204);
    });
  });
});
