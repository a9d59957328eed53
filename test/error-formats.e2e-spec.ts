import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInContext } from '@core-framework/orm';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { ANN, createWorld } from './support/world.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const FORMATS = [
  { format: 'detail', type: JSON_TYPE, required: ['detail', 'code'] },
  {
    format: 'problem',
    type: 'application/problem+json; charset=utf-8',
    required: ['type', 'title', 'status', 'detail', 'code'],
  },
  { format: 'envelope', type: JSON_TYPE, required: ['success', 'message', 'code', 'errors'] },
];

describe.each(FORMATS)('errors in the format $format', ({ format, type, required }) => {
  let sample: SampleApp;

  beforeAll(async () => {
    sample = await startSampleApp('sqlite', { ERROR_FORMAT: format });
    await runInContext(createWorld);
  });
  afterAll(async () => sample?.[Symbol.asyncDispose]());

  test.each([
    ['get', '/api/v1/posts/999', undefined, 404, 'not_found'],
    ['get', '/api/v1/nowhere', undefined, 404, 'not_found'],
    ['post', '/api/v1/posts', undefined, 401, 'not_authenticated'],
    ['delete', '/api/v1/posts', ANN, 405, 'method_not_allowed'],
    ['get', '/api/v1/posts?nope=1', undefined, 400, 'invalid_input'],
    ['post', '/api/v1/posts', ANN, 400, 'invalid_input'],
  ] as const)('%s %s as %s', async (method, path, as, status, code) => {
    const answer = await sample.call(method, path, { as, ...(method === 'post' && as && { body: {} }) });
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
    expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(required));
    expect(answer.body).toMatchObject(
      format === 'envelope' ? { success: false, message: expect.any(String) } : { detail: expect.any(String) },
    );
    expect(answer.body.code).toBe(code);
    if (format === 'problem') expect(answer.body.status).toBe(status);
    if (status === 400)
      expect(Object.values(answer.body.errors)[0]).toEqual([{ code: expect.any(String), message: expect.any(String) }]);
  });

  test('stand in the document', async () => {
    const { body } = await sample.call('get', '/openapi.json');
    expect(body.components.schemas.Error.required).toEqual(required);
    const [mediaType] = type.split(';');
    const schema = { $ref: '#/components/schemas/Error' };
    expect(body.components.responses.NotFound.content).toEqual({ [mediaType!]: { schema } });
    expect(body.paths['/api/v1/posts/{id}'].get.responses['404']).toEqual({ $ref: '#/components/responses/NotFound' });
  });
});
