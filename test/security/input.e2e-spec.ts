import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { describeLibrary } from '../conformance/fixture/each-database.js';
import { startLibrary } from '../conformance/fixture/library.app.js';
import { Author, Post, Tag } from '../conformance/fixture/library.models.js';
import { createLibrary } from '../conformance/fixture/library.world.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const NEW = { title: 'New', slug: 'new' };

/** What stands for any text and any number in an attack. */
const OPERATORS: readonly unknown[] = [
  { $ne: null },
  { $gt: 0 },
  { $like: '%' },
  { $in: ['s1'] },
  ['s1'],
  { toString: 'x' },
  true,
];
const UNSTORABLE = ['\0', 'a\0b', '\ud800', 'x\udfff'];
const NO_NUMBERS = ['1e400', '-1e400', '9223372036854775808', '1.5', '2147483648'];

describeLibrary('hostile input', (library) => {
  const post = (number: number) => `/posts/${library.world.posts[number - 1]!.id}`;
  const everything = () =>
    library.app.work(async () => ({
      posts: await Post.objects.orderBy('id').values(),
      authors: await Author.objects.orderBy('id').values(),
      tags: await Tag.objects.orderBy('id').values(),
    }));

  /** Sends requests of which each must be refused with a 4xx other than 401, and nothing may have changed. */
  async function refuses(send: () => Promise<{ status: number; text: string }>): Promise<void> {
    const before = await everything();
    const { status, text } = await send();
    expect([status >= 400 && status < 500, status, text]).toEqual([true, status, text]);
    expect(text).not.toMatch(/select .* from |insert into|update .* set |sqlite|postgres|node_modules|\.ts:/i);
    expect(await everything()).toEqual(before);
  }

  test.each([
    ['a field of another model', { ...NEW, passwordHash: 'x' }],
    ['a nested row', { ...NEW, author: { id: 1, name: 'x', passwordHash: 'y' } }],
    ['a nested row by its key', { ...NEW, author: { id: 1 } }],
    ['a set of nested rows', { ...NEW, tags: [{ label: 'mine' }] }],
    ['a column by its own name', { ...NEW, is_published: true }],
    ['something nobody knows', { ...NEW, isAdmin: true }],
  ])('SEC-58: %s in a body is refused', async (_what, body) => {
    await refuses(() => library.anyone.post('/posts', body));
    await refuses(() => library.anyone.patch(post(1), body));
  });

  test.each(OPERATORS)('SEC-59: the value %j is refused for every field', async (value) => {
    for (const field of ['title', 'slug', 'price', 'content']) {
      await refuses(() => library.anyone.post('/posts', { ...NEW, [field]: value }));
      await refuses(() => library.anyone.patch(post(1), { [field]: value }));
    }
    if (value !== true) await refuses(() => library.anyone.patch(post(1), { isPublished: value }));
    await refuses(() => library.anyone.patch(post(1), { author: value }));
  });

  test.each([
    'passwordHash__startswith=pbkdf2',
    'author__passwordHash__contains=a',
    'author__passwordHash=pbkdf2-hash',
    'secret=secret 1',
    'secret__isnull=false',
    'ordering=secret',
    'ordering=author__passwordHash',
    'ordering=-passwordHash',
    'fields=secret',
    'fields=author.passwordHash',
    'expand=author.passwordHash',
    'expand=author.posts',
    'tags__posts__author__passwordHash__startswith=p',
    'author__posts__secret=secret 1',
    'ordering=tags__posts__author__passwordHash',
    'fields=-passwordHash',
    'fields=author.name,author.passwordHash',
    'search_fields=secret',
    'group=author__passwordHash',
  ])('SEC-61: ?%s is 400, so nothing hidden can be found out by it', async (query) => {
    expect((await library.anyone.get(`/posts?${encodeURI(query)}`)).status).toBe(400);
  });

  test('SEC-61: a search does not look through what is hidden or write-only', async () => {
    await library.app.work(() => Post.objects.update({ secret: 'secret 1' }));
    for (const path of ['/posts', '/plain', '/tagged', '/expandable']) {
      const all = (await library.anyone.get(path)).text;
      for (const term of ['pbkdf2', 'secret']) {
        const found = await library.anyone.get(`${path}?search=${term}`);
        expect([path, found.status === 400 || found.json().count === 0]).toEqual([path, true]);
      }
      expect((await library.anyone.get(path)).text).toBe(all);
    }
  });

  test('SEC-61: an expression that is refused says the same whether it would have found something or not', async () => {
    const withoutId = ({ text }: { text: string }) => text.replace(/"requestId":"[^"]*"/, '');
    for (const field of ['secret', 'author__passwordHash']) {
      const ask = (value: string) => library.anyone.get(`/posts?${field}__startswith=${value}`);
      expect(withoutId(await ask('pbkdf2'))).toBe(withoutId(await ask('secret')));
    }
  });

  test.each([
    'where[x]=1',
    'populate=*',
    '$or[0][id]=1',
    '__proto__[polluted]=1',
    'constructor[prototype][polluted]=1',
    'filter[author]=1',
    'id__in[]=1',
    'isPublished=true&isPublished=false',
    'limit=1',
    'order=asc;select pg_sleep(3)',
  ])('SEC-62: ?%s is 400', async (query) => {
    for (const path of ['/posts', post(1), '/slugs/s1', '/expandable', '/cursors']) {
      await refuses(() => library.anyone.get(`${path}?${query}`));
      expect([path, (await library.anyone.get(`${path}?${query}`)).status]).toEqual([path, 400]);
    }
  });

  test.each([
    'id;drop table post',
    '-id) --',
    'id" desc',
    'id asc',
    '(select 1)',
    'views,,title)',
    '__proto__',
    'constructor',
    'asc;select pg_sleep(3)',
    'views desc',
    'views;',
    '"views"',
    'views--',
    'VIEWS',
    '*',
    '1',
  ])('SEC-63: the order %s is 400', async (ordering) => {
    await refuses(() => library.anyone.get('/posts', { query: { ordering } }));
  });

  test.each(UNSTORABLE)('SEC-65: the text %j is refused wherever it is sent', async (text) => {
    await refuses(() => library.anyone.post('/posts', JSON.stringify({ ...NEW, title: text }), { headers: JSON_TYPE }));
    await refuses(() => library.anyone.patch(post(1), JSON.stringify({ content: text }), { headers: JSON_TYPE }));
    if (!text.includes('\0')) return;
    for (const name of ['search', 'title__icontains', 'ordering', 'page']) {
      await refuses(() => library.anyone.get('/posts', { query: { [name]: text } }));
    }
    await refuses(() => library.anyone.get(`/slugs/${encodeURIComponent(text)}`));
    await refuses(() => library.anyone.get(`/posts/${encodeURIComponent(text)}`));
  });

  test.each(NO_NUMBERS)('SEC-65: the number %s is refused wherever it is sent', async (number) => {
    const send = (body: string) => library.anyone.post('/posts', body, { headers: JSON_TYPE });
    await refuses(() => send(`{"title":"N","slug":"n","author":${number}}`));
    for (const name of ['views', 'views__gte', 'views__in', 'author']) {
      await refuses(() => library.anyone.get('/posts', { query: { [name]: number } }));
    }
    await refuses(() => library.anyone.get(`/posts/${number}`));
  });

  test.each(['\\u0000', 'a\\u0000b', '\\ud800', 'x\\udfff'])(
    'SEC-65: the text "%s" is refused in every kind of field, keys and depths of JSON included',
    async (text) => {
      const user = library.bearer('u');
      const doc = `/docs/${library.world.doc.id}`;
      const bodies = ['name', 'contact', 'phone', 'handle', 'link', 'extra'].map((field) => `{"${field}":"${text}"}`);
      bodies.push(`{"extra":{"a":[{"b":"${text}"}]}}`, `{"extra":{"${text}":1}}`);
      for (const body of bodies) {
        await refuses(() => user.patch(doc, body, { headers: JSON_TYPE }));
        expect([body, (await user.patch(doc, body, { headers: JSON_TYPE })).status]).toEqual([body, 400]);
      }
    },
  );

  test.each(['%00', '%ed%a0%80', '%ff', '%c0%80', '%'])('SEC-65: %s in an address fails nothing', async (bytes) => {
    for (const path of [`/posts/${bytes}`, `/slugs/${bytes}`, `/slugs/s1${bytes}`]) {
      await refuses(() => library.anyone.get(path));
      await refuses(() => library.anyone.patch(path, { title: 'x' }));
    }
    for (const name of ['search', 'title__icontains', 'ordering', 'page', 'views__in', 'author']) {
      const { status } = await library.anyone.get(`/posts?${name}=${bytes}`);
      expect([name, [200, 400, 404].includes(status)]).toEqual([name, true]);
    }
  });

  test('SEC-65: a text longer than its column is refused, an endless number in a decimal too', async () => {
    await refuses(() => library.anyone.post('/posts', { ...NEW, title: 'x'.repeat(300) }));
    for (const price of ['1e400', '9'.repeat(400), 'NaN', 'Infinity', '0x10', ' ', '1,5']) {
      await refuses(() => library.anyone.post('/posts', { ...NEW, price }));
    }
  });

  test.each([
    '{"title":"P","slug":"p","__proto__":{"polluted":1}}',
    '{"title":"P","slug":"p","constructor":{"prototype":{"polluted":1}}}',
    '{"title":"P","slug":"p","prototype":{"polluted":1}}',
    '{"title":"P","slug":"p","toString":"x"}',
    '{"__proto__":{"title":"P","slug":"p"}}',
  ])('SEC-67: %s is refused', async (body) => {
    await refuses(() => library.anyone.post('/posts', body, { headers: JSON_TYPE }));
    await refuses(() => library.anyone.patch(post(1), body, { headers: JSON_TYPE }));
  });

  test('SEC-67: a JSON column takes no key that reaches a prototype, or keeps it as data', async () => {
    const user = library.bearer('u');
    for (const extra of ['{"__proto__":{"polluted":1}}', '{"a":[{"constructor":{"prototype":{"polluted":1}}}]}']) {
      const answer = await user.post('/docs', `{"name":"j","owner":1,"extra":${extra}}`, { headers: JSON_TYPE });
      expect([400, 201]).toContain(answer.status);
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      if (answer.status === 201) expect(answer.text).toContain(extra);
    }
  });

  test.each([
    ['broken JSON', '{"title":', JSON_TYPE, 400],
    ['a list', '[]', JSON_TYPE, 400],
    ['a text', '"x"', JSON_TYPE, 400],
    ['null', 'null', JSON_TYPE, 400],
    ['a number', '1', JSON_TYPE, 400],
    ['nothing', '', JSON_TYPE, 400],
    ['a comment', '{"title":"x"/**/}', JSON_TYPE, 400],
    ['a form', 'title=x&slug=y', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    [
      'a form of parts',
      '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n',
      { 'content-type': 'multipart/form-data; boundary=b' },
      415,
    ],
    ['plain text', '{"title":"x","slug":"y"}', { 'content-type': 'text/plain' }, 415],
    ['XML', '<post/>', { 'content-type': 'application/xml' }, 415],
    ['another charset', '{"title":"x","slug":"y"}', { 'content-type': 'application/json; charset=utf-16' }, 415],
    ['no type', Buffer.from('{"title":"x","slug":"y"}'), {}, 415],
  ])('SEC-69: %s as body is refused in the one shape of errors', async (_what, body, headers, status) => {
    const before = await everything();
    const answer = await library.anyone.post('/posts', body, { headers });
    expect(answer.status).toBe(status);
    expect(answer.json()).toMatchObject({
      detail: expect.anything(),
      code: expect.any(String),
      requestId: expect.any(String),
    });
    expect(await everything()).toEqual(before);
  });

  test('SEC-51: an action that says so takes forms, by the same rules', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (body: string) => library.anyone.post('/posts/echo', body, { headers: form });
    expect((await send('title=x')).json()).toEqual({ title: 'x' });
    for (const body of ['title=x&title=y', 'title[$ne]=x', '__proto__[x]=1&title=x', `title=${'x'.repeat(30)}`]) {
      expect([body, (await send(body)).status]).toEqual([body, 400]);
    }
  });

  test('SEC-69: a compressed body is not unfolded, and a large one is 413', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 0x20));
    await refuses(() => library.anyone.post('/posts', bomb, { headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } }));
    const large = JSON.stringify({ ...NEW, content: 'x'.repeat(11 * 1024 * 1024) });
    expect((await library.anyone.post('/posts', large, { headers: JSON_TYPE })).status).toBe(413);
  });

  test('SEC-69: a deeply nested body is refused and stops nothing', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await refuses(() => library.anyone.post('/posts', deep, { headers: JSON_TYPE }));
    await refuses(() => library.anyone.post('/posts', `{"title":${deep},"slug":"x"}`, { headers: JSON_TYPE }));
    const kept = await library
      .bearer('u')
      .post('/docs', `{"name":"deep","owner":1,"extra":${deep}}`, { headers: JSON_TYPE });
    expect(kept.status).toBe(400);
  });

  test('SEC-70: pages, lists of values, filters, sort keys and offsets have a limit', async () => {
    const answer = await library.anyone.get('/posts?pageSize=100000');
    expect(answer.json().results).toHaveLength(5);
    const many = Array.from({ length: 10_000 }, (_, index) => index).join(',');
    await refuses(() => library.anyone.get(`/posts?views__in=${many}`));
    await refuses(() => library.anyone.get(`/posts?${'isPublished=true&'.repeat(500)}`));
    await refuses(() => library.anyone.get(`/posts?ordering=${'views,'.repeat(200)}views`));
    await refuses(() => library.anyone.get('/posts?page=99999999999'));
    // As many as there are, each allowed for itself.
    const filters = Array.from({ length: 500 }, (_, index) => `views__gte=${index}`).join('&');
    await refuses(() => library.anyone.get(`/posts?${filters}`));
    for (const paging of ['limit=100000', 'page_size=100000', 'offset=99999999999999999999', 'limit=-1', 'offset=-1']) {
      const { status, text } = await library.anyone.get(`/offsets?${paging}`);
      const rows = status === 200 ? (JSON.parse(text) as { results: object[] }).results.length : 0;
      expect([paging, rows <= 5, status === 200 || status === 400]).toEqual([paging, true, true]);
    }
    const words = Array.from({ length: 500 }, (_, index) => `w${index}`).join('%20');
    const { result, statements } = await library.app.recordQueries(() => library.anyone.get(`/posts?search=${words}`));
    expect(result.status).toBe(200);
    // Ten words in two fields.
    for (const statement of statements) expect(String(statement).match(/like/gi)?.length ?? 0).toBeLessThanOrEqual(20);
  });

  test('SEC-70: a page asks the database as often, however many rows it has', async () => {
    const queries = async (path: string, pageSize: number) => {
      const address = `${path}${path.includes('?') ? '&' : '?'}pageSize=${pageSize}`;
      const { result, statements } = await library.app.recordQueries(() => library.anyone.get(address));
      expect([address, result.status, result.json().results]).toEqual([address, 200, expect.any(Array)]);
      return [statements.length, result.json().results.length];
    };
    for (const path of ['/posts', '/bylines', '/tagged', '/expandable?expand=author,tags']) {
      const [one, few] = await queries(path, 1);
      const [many, rows] = await queries(path, 5);
      expect([path, few, many, (rows ?? 0) > 1]).toEqual([path, 1, one, true]);
    }
  });

  test('SEC-72: texts made to slow down a regular expression are judged at once', async () => {
    const user = library.bearer('u');
    const attacks = {
      contact: `${'a'.repeat(50_000)}@`,
      phone: `+${'1'.repeat(50_000)}x`,
      handle: `${'a-'.repeat(25_000)}!`,
      link: `https://${'a.'.repeat(25_000)}`,
    };
    for (const [field, value] of Object.entries(attacks)) {
      const started = process.cpuUsage();
      const answer = await user.patch(`/docs/${library.world.doc.id}`, { [field]: value });
      const { user: spent } = process.cpuUsage(started);
      expect([field, answer.status, Object.keys(answer.json().errors)]).toEqual([field, 400, [field]]);
      // Quadratic ones take seconds at this length.
      expect(spent).toBeLessThan(500_000);
    }
  });

  test('SEC-74: nothing hidden or write-only is in any answer', async () => {
    const answers = [
      await library.anyone.get('/plain'),
      await library.anyone.get('/bylines'),
      await library.anyone.get(post(1)),
      await library.anyone.options('/posts'),
      await library.anyone.post('/posts', { ...NEW, secret: 'secret value' }),
      await library.anyone.patch(post(1), { secret: 'secret value' }),
      await library.anyone.patch(post(1), { secret: { nested: 'secret value' } }),
    ];
    for (const { text } of answers) expect(text).not.toMatch(/pbkdf2|passwordHash|secret \d|secret value/);
  });

  test('SEC-70: relations and the rows that they bring along have a limit', async () => {
    await using app = await startLibrary('sqlite://', { env: { MAX_EXPANDS: '1', MAX_EXPANDED_ROWS: '3' } });
    await createLibrary(app);
    const ask = async (query: string) => {
      const answer = await app.client.get(`/expandable?${query}`);
      return [answer.status, answer.json().errors?.expand[0].code];
    };
    // Two posts have two tags each.
    expect(await ask('expand=tags&pageSize=1')).toEqual([200, undefined]);
    expect(await ask('expand=tags&pageSize=2')).toEqual([400, 'too_many_rows']);
    expect(await ask('expand=author&pageSize=7')).toEqual([200, undefined]);
    expect(await ask('expand=author,tags&pageSize=1')).toEqual([400, 'too_many']);
    await refuses(() => library.anyone.get(`/expandable?expand=${'tags.posts.'.repeat(50)}tags`));
  });

  test('SEC-67: after all of this no prototype has gained a thing', () => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
