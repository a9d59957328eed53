import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInContext } from '@core-framework/orm';
import { databaseKinds } from './support/databases.js';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { createWorld } from './support/world.js';

describe.each(await databaseKinds())('reading the sample on %s', (kind) => {
  let sample: SampleApp;
  const get = async (path: string) => (await sample.call('get', `/api/v1${path}`)).body;
  const titles = async (query: string) =>
    (await get(`/posts?ordering=title&${query}`)).results.map(({ title }: { title: string }) => title).join();

  beforeAll(async () => {
    sample = await startSampleApp(kind, { RESPONSE_FORMAT: 'bare', ERROR_FORMAT: 'detail' });
    await runInContext(createWorld);
  });
  afterAll(async () => sample?.[Symbol.asyncDispose]());

  test.each([
    ['author__name=Ann', 'T1,T3'],
    ['tags__name=Nest', 'T1'],
    ['discussed=true', 'T1'],
    ['discussed=false', 'T3,T5,T7'],
    ['search=bob%20hello', 'T5,T7'],
  ])('posts by ?%s', async (query, expected) => {
    expect(await titles(query)).toBe(expected);
  });

  test('posts with their comments and who wrote them, without addresses', async () => {
    const { comments } = await get('/posts/1?expand=comments.author');
    expect(comments).toEqual([
      expect.objectContaining({ body: 'First.', author: { id: expect.any(Number), name: 'Ann' } }),
      expect.objectContaining({ body: 'Second.', author: { id: expect.any(Number), name: 'Ann' } }),
    ]);
    expect((await get('/posts?expand=author')).errors).toHaveProperty('expand');
  });

  test('comments by the links of their pages', async () => {
    const first = await get('/comments?pageSize=1&post__slug=s1&ordering=-createdAt');
    expect(first).toMatchObject({ count: 2, previous: null });
    const { pathname, search } = new URL(first.next);
    const second = (await sample.call('get', `${pathname}${search}`)).body;
    expect(
      [...first.results, ...second.results]
        .map(({ body }) => String(body))
        .toSorted((one, other) => one.localeCompare(other)),
    ).toEqual(['First.', 'Second.']);
    expect(second.next).toBeNull();
  });
});
