import { expect, test } from '@jest/globals';
import { describeLibrary } from './fixture/each-database.js';

const BROKEN = { headers: { 'content-type': 'application/json' } };

describeLibrary('permissions', (library) => {
  const doc = () => `/docs/${library.world.doc.id}`;

  test('30: without credentials a protected view is 401 with a challenge, and no query is sent', async () => {
    const answer = await library.app.assertQueries(0, () => library.anyone.get('/docs'));
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(answer.json()).toMatchObject({ detail: expect.any(String), code: 'not_authenticated' });
  });

  test('31: a bad token, an inactive user and a malformed header are 401, each with its own text', async () => {
    const texts = new Set<string>();
    for (const token of ['nobody', 'inactive', 'two words']) {
      const answer = await library.bearer(token).get('/docs');
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
      texts.add(answer.json().detail);
    }
    expect(texts.size).toBe(3);
  });

  test('33: a missing object is 404 to a caller and 401 to nobody', async () => {
    const missing = '/docs/00000000-0000-4000-8000-000000000000';
    expect((await library.bearer('v').get(missing)).status).toBe(404);
    expect((await library.anyone.get(missing)).status).toBe(401);
  });

  test('34: the order of answers is 401, 405, 404, 403, 400', async () => {
    expect((await library.anyone.patch('/docs', {})).status).toBe(401);
    expect((await library.bearer('u').patch('/docs', {})).status).toBe(405);
    expect((await library.anyone.put('/plain/999999', '{bad', BROKEN)).status).toBe(404);
    expect((await library.bearer('v').put(doc(), '{bad', BROKEN)).status).toBe(403);
    expect((await library.bearer('u').put(doc(), '{bad', BROKEN)).status).toBe(400);
  });

  test('35: model permissions ask for the verb before they look anything up', async () => {
    expect((await library.anyone.get('/races')).status).toBe(401);
    expect((await library.bearer('u').get('/races')).status).toBe(200);
    expect((await library.bearer('u').post('/races', { name: 'c', position: 1 })).status).toBe(403);
    const [{ id }] = (await library.bearer('u').get('/races')).json().results;
    expect((await library.bearer('upd').patch(`/races/${id}`, { note: 'x' })).status).toBe(200);
    expect((await library.bearer('upd').delete(`/races/${id}`)).status).toBe(403);
    expect((await library.bearer('u').put('/races/999999', {})).status).toBe(403);
  });

  test("27: an action's own permissions replace those of the ViewSet", async () => {
    expect((await library.anyone.get('/docs/open')).json()).toEqual({ open: true });
  });

  test('37: a permission speaks for itself', async () => {
    const answer = await library.bearer('u').get('/closed');
    expect(answer.status).toBe(403);
    expect(answer.json()).toMatchObject({ detail: 'Not on Fridays.', code: 'friday' });
  });

  test('39: authenticated or read only', async () => {
    expect((await library.anyone.get('/readable')).status).toBe(200);
    expect((await library.anyone.post('/readable', { label: 'new' })).status).toBe(401);
    expect((await library.bearer('u').post('/readable', { label: 'new' })).status).toBe(201);
  });

  test('40: PATCH obeys the permissions of update', async () => {
    const path = `/owned-docs/${library.world.doc.id}`;
    expect((await library.bearer('v').patch(path, { name: 'stolen' })).status).toBe(403);
    expect((await library.bearer('u').patch(path, { name: 'mine' })).status).toBe(200);
  });

  test('72: a test client acts as whom it is told, with headers, and as nobody again', async () => {
    const user = library.anyone.as({ id: 1 });
    expect((await user.get(doc())).status).toBe(200);
    expect((await library.anyone.as({ id: 2 }).get(doc())).status).toBe(403);
    expect((await user.with({ 'if-none-match': '*' }).get('/docs')).status).toBe(200);
    expect((await library.anyone.get(doc())).status).toBe(401);
  });
});
