import { expect, test } from '@jest/globals';
import { describeLibrary } from './fixture/each-database.js';
import { FailingViewSet } from './fixture/library.viewsets.js';
import { Post, Tag } from './fixture/library.models.js';

const NEW = { title: 'New', slug: 'new' };

describeLibrary('writing', (library) => {
  const post = (number: number) => `/plain/${library.world.posts[number - 1]!.id}`;
  const read = async (path: string) => (await library.anyone.get(path)).json();
  const count = async () => (await read('/plain')).length as number;

  test('3: create answers 201 with every default filled in', async () => {
    const answer = await library.anyone.post('/plain', NEW);
    expect(answer.status).toBe(201);
    expect(answer.json()).toEqual({
      ...NEW,
      id: expect.any(Number),
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      content: '',
      isPublished: false,
      views: 0,
      price: null,
      author: null,
      tags: [],
    });
  });

  test('4: create ignores what is read-only', async () => {
    const answer = await library.anyone.post('/plain', {
      ...NEW,
      id: 999,
      views: 77,
      createdAt: '2000-01-01T00:00:00Z',
    });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ views: 0 });
    expect(answer.json().id).not.toBe(999);
    expect(answer.json().createdAt).not.toMatch(/^2000/);
  });

  test('5: create names exactly the fields that are missing', async () => {
    const { errors } = (await library.anyone.post('/plain', {})).json();
    expect(errors).toEqual({
      title: [{ code: 'required', message: expect.any(String) }],
      slug: [{ code: 'required', message: expect.any(String) }],
    });
  });

  test('9: PUT keeps the optional fields that it leaves out', async () => {
    const before = await read(post(1));
    const answer = await library.anyone.put(post(1), NEW);
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({ ...before, ...NEW, updatedAt: expect.any(String) });
  });

  test('10: PUT without a required field is 400 and changes nothing', async () => {
    const before = await read(post(1));
    const answer = await library.anyone.put(post(1), { title: 'Only' });
    expect([answer.status, Object.keys(answer.json().errors)]).toEqual([400, ['slug']]);
    expect(await read(post(1))).toEqual(before);
  });

  test('11: PUT does not change the key', async () => {
    const { id } = library.world.posts[0]!;
    expect((await library.anyone.put(post(1), { ...NEW, id: 55 })).json().id).toBe(id);
    expect((await library.anyone.get('/plain/55')).status).toBe(id === 55 ? 200 : 404);
  });

  test.each(['put', 'patch'] as const)('12, 15: %s of a row that is gone is 404 and creates nothing', async (verb) => {
    await library.anyone.delete(post(7));
    expect((await library.anyone[verb](post(7), NEW)).status).toBe(404);
    expect(await count()).toBe(6);
  });

  test('13: PATCH changes what it names, and nothing when it is empty', async () => {
    const before = await read(post(1));
    const answer = await library.anyone.patch(post(1), { title: 'Other' });
    expect(answer.json()).toEqual({ ...before, title: 'Other', updatedAt: expect.any(String) });
    const empty = await library.anyone.patch(post(2), {});
    expect(empty.status).toBe(200);
    expect(empty.json()).toEqual(await read(post(2)));
  });

  test('16: DELETE is 204 without a body, then 404', async () => {
    const gone = await library.anyone.delete(post(7));
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect((await library.anyone.delete(post(7))).status).toBe(404);
  });

  test('19: the answer to a PUT shows the new set of a many-to-many relation', async () => {
    const [x] = library.world.tags;
    const answer = await library.anyone.put(post(1), { ...NEW, tags: [x!.id] });
    expect(answer.json().tags).toEqual([x!.id]);
  });

  test('20: create says where the new resource is', async () => {
    const answer = await library.anyone.post('/plain', NEW);
    const location = new URL(String(answer.headers.location), 'http://localhost').pathname;
    expect(await read(location)).toEqual(answer.json());
  });

  test('56: a related row that is unknown or named by a wrong type is an error of its field', async () => {
    const errors = async (body: object) => {
      const answer = await library.anyone.post('/plain', { ...NEW, ...body });
      expect(answer.status).toBe(400);
      return answer.json().errors;
    };
    expect(await errors({ author: 999_999 })).toMatchObject({ author: [{ code: 'does_not_exist' }] });
    expect(Object.keys(await errors({ author: 'foo' }))).toEqual(['author']);
    expect(await errors({ tags: [library.world.tags[0]!.id, 999_999] })).toMatchObject({
      tags: [{ code: 'does_not_exist' }],
    });
    expect(Object.keys(await errors({ tags: 'x' }))).toEqual(['tags']);
    expect(await count()).toBe(7);
  });

  test('57: a many-to-many set is stored, kept when absent and cleared when empty', async () => {
    const [x, y] = library.world.tags.map(({ id }) => id);
    const created = (await library.anyone.post('/plain', { ...NEW, tags: [y, x] })).json();
    expect(new Set(created.tags)).toEqual(new Set([x, y]));
    const path = `/plain/${created.id}`;
    expect((await library.anyone.put(path, NEW)).json().tags).toHaveLength(2);
    expect((await library.anyone.put(path, { ...NEW, tags: [] })).json().tags).toEqual([]);
    expect((await read(path)).tags).toEqual([]);
  });

  test('58: a slug that is taken is an error of the field, but not for its own row', async () => {
    const taken = await library.anyone.post('/plain', { title: 'x', slug: 's1' });
    expect([taken.status, taken.json().errors.slug[0].code]).toEqual([400, 'unique']);
    expect((await library.anyone.patch(post(1), { slug: 's1' })).status).toBe(200);
    const other = await library.anyone.patch(post(1), { slug: 's2' });
    expect([other.status, other.json().errors.slug[0].code]).toEqual([400, 'unique']);
  });

  test('60: of writers that race for a slug one wins and the others are told', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, index) => library.anyone.post('/plain', { title: `r${index}`, slug: 'race' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 400, 400, 400, 400]);
    for (const answer of answers.filter(({ status }) => status === 400)) {
      expect(answer.json().errors).toEqual({ slug: [{ code: 'unique', message: expect.any(String) }] });
    }
  });

  test('62: what is nested and shown only is ignored in a body', async () => {
    const answer = await library.anyone.post('/bylines', { ...NEW, author: { name: 'mallory' } });
    expect(answer.status).toBe(201);
    expect(answer.json().author).toBeNull();
    const [first] = (await read('/bylines')).results;
    expect(first.author).toEqual({ id: expect.any(Number), name: 'ann' });
  });

  test('64: a write-only field is stored and never shown', async () => {
    const answer = await library.anyone.post('/plain', { ...NEW, secret: 'hush' });
    expect(answer.status).toBe(201);
    expect(answer.text).not.toContain('hush');
    expect((await library.anyone.get(`/plain/${answer.json().id}`)).text).not.toContain('hush');
    const stored = await library.app.work(() => Post.objects.get({ id: answer.json().id }));
    expect(stored.secret).toBe('hush');
  });

  test('68: a handler that fails inside a write is 500 without a word about why, and takes the write back', async () => {
    const answer = await library.anyone.post('/failing', { label: 'half' });
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/srv|select|Late/);
    expect(answer.json()).toMatchObject({ code: 'internal_error' });
    expect(await library.app.work(() => Tag.objects.filter({ label: 'half' }).exists())).toBe(false);
    expect(FailingViewSet.committed).toEqual([]);
  });

  test('58: fields that are unique together are an error of the row, completed from it by a PATCH', async () => {
    const s = library.app.client.as({ id: 9, isStaff: true, isSuperuser: true });
    const taken = await s.post('/races', { name: 'a', position: 1 });
    expect(taken.status).toBe(400);
    expect(JSON.stringify(taken.json().errors)).toContain('unique');
    const races = (await s.get('/races')).json().results;
    const second = races.find(({ position }: { position: number }) => position === 2);
    const patched = await s.patch(`/races/${second.id}`, { position: 1 });
    expect([patched.status, JSON.stringify(patched.json().errors)]).toEqual([400, expect.stringContaining('unique')]);
    expect((await s.patch(`/races/${second.id}`, { position: 3 })).status).toBe(200);
  });

  test('62: a required field that is missing in a nested object is named by its path', async () => {
    const answer = await library.anyone.post('/authored', { ...NEW, author: {} });
    expect(answer.status).toBe(400);
    expect(answer.json().errors).toEqual({ 'author.name': [{ code: 'required', message: expect.any(String) }] });
    expect((await library.anyone.post('/authored', { ...NEW, author: { name: 'cleo' } })).status).toBe(201);
  });

  test('63: many rows are created at once, or none', async () => {
    const rows = [NEW, { title: 'Other', slug: 'other' }];
    const created = await library.anyone.post('/many/bulk', rows);
    expect([created.status, created.json().map(({ slug }: { slug: string }) => slug)]).toEqual([201, ['new', 'other']]);

    const invalid = await library.anyone.post('/many/bulk', [{ title: 'Fine', slug: 'fine' }, { title: 'No slug' }]);
    expect([invalid.status, Object.keys(invalid.json().errors)]).toEqual([400, ['1.slug']]);

    const twice = await library.anyone.post('/many/bulk', [
      { title: 'x', slug: 'same' },
      { title: 'y', slug: 'same' },
    ]);
    expect([twice.status, Object.keys(twice.json().errors)]).toEqual([400, ['1.slug']]);

    const taken = await library.anyone.post('/many/bulk', [
      { title: 'x', slug: 'free' },
      { title: 'y', slug: 's1' },
    ]);
    expect([taken.status, Object.keys(taken.json().errors)]).toEqual([400, ['1.slug']]);

    expect((await library.anyone.post('/many/bulk', NEW)).status).toBe(400);
    expect(await count()).toBe(9);
  });
});
