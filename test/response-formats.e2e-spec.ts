import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInContext } from '@core-framework/orm';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { ANN, createWorld } from './support/world.js';

const POST = { title: 'New', slug: 'new', content: 'Text.' };

describe.each(['bare', 'envelope'])('answers in the format %s', (format) => {
  let sample: SampleApp;
  const isEnvelope = format === 'envelope';
  const wrapped = (data: unknown, meta?: object) =>
    isEnvelope ? { success: true, message: 'Operation successful', data, ...(meta && { meta }) } : data;

  beforeAll(async () => {
    sample = await startSampleApp('sqlite', { RESPONSE_FORMAT: format, ERROR_FORMAT: 'detail' });
    await runInContext(createWorld);
  });
  afterAll(async () => sample?.[Symbol.asyncDispose]());

  test('of one row', async () => {
    const { body, headers } = await sample.call('get', '/api/v1/posts/1');
    expect(body).toEqual(wrapped(expect.objectContaining({ id: 1, title: 'T1' })));
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    const unchanged = await sample.call('get', '/api/v1/posts/1').set('if-none-match', String(headers['etag']));
    expect(unchanged.status).toBe(304);
  });

  test('of a page', async () => {
    const { body } = await sample.call('get', '/api/v1/posts?pageSize=2&ordering=title');
    const links = { count: 4, next: expect.stringContaining('page=2'), previous: null };
    const rows = [expect.objectContaining({ title: 'T1' }), expect.objectContaining({ title: 'T3' })];
    expect(body).toEqual(isEnvelope ? wrapped(rows, links) : { ...links, results: rows });
  });

  test('of rows that were written', async () => {
    const created = await sample.call('post', '/api/v1/posts', { as: ANN, body: POST });
    expect([created.status, created.body]).toEqual([201, wrapped(expect.objectContaining({ slug: 'new' }))]);
    const path = new URL(created.headers['location']!, 'http://host').pathname;
    const changed = await sample.call('patch', path, { as: ANN, body: { title: 'Newer' } });
    expect(changed.body).toEqual(wrapped(expect.objectContaining({ title: 'Newer' })));
    const gone = await sample.call('delete', path, { as: ANN });
    expect([gone.status, gone.text]).toEqual([204, '']);
  });

  test('of actions', async () => {
    const list = await sample.call('get', '/api/v1/posts/featured');
    expect(list.body).toEqual(wrapped(expect.arrayContaining([expect.objectContaining({ title: 'T7' })])));
    const data = await sample.call('get', '/api/v1/posts/1/stats');
    expect(data.body).toEqual(wrapped(expect.objectContaining({ comments: 2 })));
  });

  test('of errors, which have a format of their own', async () => {
    expect((await sample.call('get', '/api/v1/posts/999')).body).toMatchObject({ code: 'not_found' });
  });

  test('stand in the document', async () => {
    const { body } = await sample.call('get', '/openapi.json');
    const shown = (path: string, verb = 'get', status = 200) => {
      const { schema } = body.paths[path][verb].responses[status].content['application/json'];
      return body.components.schemas[schema.$ref?.split('/').at(-1)] ?? schema;
    };
    const required = (schema: { required?: string[] }) => schema.required ?? [];
    expect(required(shown('/api/v1/posts'))).toEqual(
      isEnvelope ? ['success', 'message', 'data', 'meta'] : ['count', 'next', 'previous', 'results'],
    );
    if (!isEnvelope) return expect(shown('/api/v1/posts', 'post', 201).properties).toHaveProperty('slug');
    expect(required(shown('/api/v1/posts').properties.meta)).toEqual(['count', 'next', 'previous']);
    expect(required(shown('/api/v1/posts', 'post', 201))).toEqual(['success', 'message', 'data']);
    expect(shown('/api/v1/posts/featured').properties.data.type).toBe('array');
  });
});
