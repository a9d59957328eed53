import { expect, test } from '@jest/globals';
import { describeLibrary } from './fixture/each-database.js';
import { Tag } from './fixture/library.models.js';

describeLibrary('reading', (library) => {
  const get = async (path: string) => {
    const answer = await library.anyone.get(path);
    return { status: answer.status, body: answer.json() };
  };
  const titles = async (path: string) => (await get(path)).body.results.map((row: { title: string }) => row.title);

  test('1: a list without pages is an array of all rows, without write-only fields, in a constant number of queries', async () => {
    const { result, statements } = await library.app.recordQueries(() => library.anyone.get('/plain'));
    expect(result.status).toBe(200);
    expect(result.json()).toHaveLength(7);
    expect(result.text).not.toContain('secret');
    expect(statements).toHaveLength(2);
  });

  test('2: HEAD has the headers of GET and no body', async () => {
    for (const path of ['/posts', `/posts/${library.world.posts[0]!.id}`]) {
      const [head, full] = [await library.anyone.head(path), await library.anyone.get(path)];
      expect([head.status, head.text]).toEqual([200, '']);
      for (const name of ['content-type', 'content-length', 'etag'])
        expect(head.headers[name]).toBe(full.headers[name]);
    }
  });

  test('21: a lookup field names the row, also with an escaped space', async () => {
    expect((await get('/slugs/s2')).body.title).toBe('T2');
    const { id } = library.world.posts[0]!;
    await library.anyone.patch(`/plain/${id}`, { slug: 'a b' });
    expect((await get('/slugs/a%20b')).body.id).toBe(id);
    expect((await get('/slugs/nothing')).status).toBe(404);
  });

  test('45: pages have a count and links that keep the other parameters', async () => {
    const { body } = await get('/posts?search=T');
    expect(body).toMatchObject({ count: 7, previous: null });
    expect(body.next).toMatch(/\/posts\?search=T&page=2$/);
    const second = (await get('/posts?page=2&search=T')).body;
    expect(second.previous).toMatch(/\/posts\?search=T$/);
    expect(second.next).toMatch(/page=3/);
    expect((await get('/posts?page=4')).body).toMatchObject({ next: null, results: [{ title: 'T7' }] });
  });

  test('47: the page size has a cap, and what is no size counts as none', async () => {
    expect((await get('/posts?pageSize=1000')).body.results).toHaveLength(5);
    expect((await get('/posts')).body.results).toHaveLength(2);
    for (const size of ['0', '-1', 'x']) expect((await get(`/posts?pageSize=${size}`)).body.results).toHaveLength(2);
  });

  test('52: filters by typed lookups', async () => {
    expect((await get('/posts?views__gte=50')).body.count).toBe(3);
    expect((await get('/posts?views__in=10,20')).body.count).toBe(2);
    expect(await titles('/posts?title__icontains=t3')).toEqual(['T3']);
    expect((await get(`/posts?author=${library.world.authors[0]!.id}`)).body.count).toBe(3);
    expect((await get('/posts?isPublished=true&views__lt=40')).body.count).toBe(2);
  });

  test.each(['views__in=10,x', 'views=abc', 'isPublished=banana', 'views__regex=1', 'unknown=1', 'secret=s'])(
    '52: ?%s is 400 and names the parameter',
    async (query) => {
      const { status, body } = await get(`/posts?${query}`);
      expect([status, Object.keys(body.errors)]).toEqual([400, [query.split('=')[0]]]);
    },
  );

  test('54: all terms of a search must be found, a quoted phrase is one term, and no row comes twice', async () => {
    expect(await titles('/posts?search=hello,T3')).toEqual(['T3']);
    expect((await get('/posts?search=hello%20T3')).body.count).toBe(1);
    expect((await get('/posts?search=%22hello%20world%22')).body.count).toBe(4);
    expect((await get('/posts?search=%22world%20hello%22')).body.count).toBe(0);
    expect((await get('/posts?search=%00')).status).toBe(400);
  });

  test('54: a search through a relation to many rows finds a row once, however many of them match', async () => {
    await library.app.work(async () => {
      for (const { id, label } of library.world.tags)
        await Tag.objects.filter({ id }).update({ label: `tag ${label}` });
    });
    expect(await titles('/tagged?search=tag')).toEqual(['T1', 'T2']);
    expect((await get('/tagged?search=tag')).body.count).toBe(2);
  });

  test('66: JSON is what every Accept gets, and the handler of a refused body does not run', async () => {
    const xml = library.anyone.with({ accept: 'application/xml' });
    const answer = await xml.get('/posts');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    const sent = await library.anyone.post('/plain', '<post/>', { headers: { 'content-type': 'application/xml' } });
    expect([sent.status, (await get('/plain')).body.length]).toEqual([415, 7]);
  });

  test('retrieve: a lookup of the wrong type, out of range or unknown is 404', async () => {
    for (const id of ['999', 'abc', '1.5', '9'.repeat(30), '%00']) {
      expect([id, (await get(`/posts/${id}`)).status]).toEqual([id, 404]);
    }
  });

  test('48: limit and offset have a cap, links that lead on and an end', async () => {
    const middle = (await get('/offsets?limit=3&offset=2')).body;
    expect(middle).toMatchObject({ count: 7, results: [{ title: 'T3' }, { title: 'T4' }, { title: 'T5' }] });
    expect(middle.next).toMatch(/limit=3&offset=5/);
    expect(middle.previous).toMatch(/limit=3/);
    const capped = (await get('/offsets?limit=100')).body;
    expect(capped.results).toHaveLength(5);
    expect((await get('/offsets?offset=100')).body).toMatchObject({ count: 7, results: [], next: null });
    expect((await get('/offsets')).body.results).toHaveLength(2);
    const nonsense = (await get('/offsets?limit=abc&offset=-1')).body;
    expect(nonsense).toMatchObject({ previous: null, results: [{ title: 'T1' }, { title: 'T2' }] });
  });

  test.each(['content', '-content', 'price', '-price', 'author,-content', ''])(
    '49: a cursor over "%s" shows every row once, and the way back is the way there reversed',
    async (ordering) => {
      const { posts } = library.world;
      await library.anyone.patch(`/plain/${posts[1]!.id}`, { price: '1.50' });
      await library.anyone.patch(`/plain/${posts[5]!.id}`, { price: '1.50', author: null });
      const there: number[][] = [];
      let last = '';
      for (let url: string | null = `/cursors?ordering=${ordering}`; url;) {
        const { status, body } = await get(url);
        expect(status).toBe(200);
        there.push(body.results.map(({ id }: { id: number }) => id));
        last = url;
        url = body.next;
      }
      expect(new Set(there.flat())).toEqual(new Set(posts.map(({ id }) => id)));
      expect(there.flat()).toHaveLength(7);
      const back: number[][] = [];
      for (let url: string | null = last; url;) {
        const { body } = await get(url);
        back.unshift(body.results.map(({ id }: { id: number }) => id));
        url = body.previous;
      }
      expect(back.flat()).toEqual(there.flat());
    },
  );

  test('49: a cursor that was changed, made up or belongs to another order is 400', async () => {
    const { next } = (await get('/cursors')).body;
    const cursor = new URL(next).searchParams.get('cursor')!;
    for (const made of ['@@@', 'x', btoa('{"p":1}'), cursor.slice(0, -2), `${cursor}x`, cursor.toLowerCase()]) {
      const { status, body } = await get(`/cursors?cursor=${encodeURIComponent(made)}`);
      expect([made, status, Object.keys(body.errors ?? {})]).toEqual([made, 400, ['cursor']]);
    }
    expect((await get(`/cursors?ordering=-content&cursor=${encodeURIComponent(cursor)}`)).status).toBe(400);
  });
});
