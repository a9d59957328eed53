import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SampleApp, startSampleApp } from './support/sample-app.js';
import { ANN, createWorld } from './support/world.js';

const ROOT = new URL('..', import.meta.url).pathname;

describe('what the platform adds to the sample API', () => {
  let sample: SampleApp;
  const call: SampleApp['call'] = (...parameters) => sample.call(...parameters);

  beforeAll(async () => {
    sample = await startSampleApp('sqlite', { BACKEND_CORS_ORIGINS: 'https://blog.example', APP_VERSION: '1.2.3' });
    await createWorld();
  });
  afterAll(async () => sample[Symbol.asyncDispose]());

  test.each(['/health', '/health/live', '/health/ready', '/health/db', '/api/v1/health', '/api/v1/health/ready'])(
    '%s is 200 for everybody',
    async (path) => {
      expect((await call('get', path)).status).toBe(200);
    },
  );

  test('/health/info tells name, version and environment', async () => {
    expect((await call('get', '/health/info')).body).toMatchObject({
      name: 'Core Blog',
      version: '1.2.3',
      environment: 'testing',
    });
  });

  test('every answer has a request id, a response time and no framing', async () => {
    for (const path of ['/api/v1/posts', '/nowhere', '/docs', '/health', '/%E0%A4%A']) {
      const { headers } = await call('get', path);
      expect([path, headers['x-request-id'], headers['x-response-time']]).toEqual([
        path,
        expect.stringMatching(/^[\w-]+$/),
        expect.stringMatching(/^[\d.]+ms$/),
      ]);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  test('a request id is taken over when it is one, and stands in the error', async () => {
    const taken = await call('get', '/nowhere').set('x-request-id', 'trace-1');
    expect([taken.headers['x-request-id'], taken.body.requestId]).toEqual(['trace-1', 'trace-1']);
    const forged = await call('get', '/nowhere').set('x-request-id', 'a b"c');
    expect(forged.headers['x-request-id']).not.toContain('"');
  });

  test('a path that nothing knows is 404 in the shape of all errors', async () => {
    const { status, body } = await call('get', '/api/v1/nowhere');
    expect(status).toBe(404);
    expect(body).toEqual({ detail: expect.any(String), code: 'not_found', requestId: expect.any(String) });
  });

  test('a preflight is answered for the allowed origin only, a plain OPTIONS reaches the resource', async () => {
    const preflight = (origin: string) =>
      call('options', '/api/v1/posts').set({ origin, 'access-control-request-method': 'PATCH' });
    const allowed = await preflight('https://blog.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers['access-control-allow-origin']).toBe('https://blog.example');
    expect(allowed.headers['access-control-allow-methods']).toContain('PATCH');
    expect((await preflight('https://evil.example')).headers['access-control-allow-origin']).toBeUndefined();
    expect((await call('options', '/api/v1/posts')).headers.allow).toBe('GET, HEAD, POST, OPTIONS');
  });

  test('long answers are compressed when the client can read that', async () => {
    const content = 'Long. '.repeat(300);
    const long = await call('post', '/api/v1/posts', { as: ANN, body: { title: 'Long', content } }).set(
      'accept-encoding',
      'gzip',
    );
    expect(long.headers['content-encoding']).toBe('gzip');
    expect(long.body.content).toBe(content.trim());
    const short = await call('get', '/health/live').set('accept-encoding', 'gzip');
    expect(short.headers['content-encoding']).toBeUndefined();
  });

  test('a body over the limit is 413', async () => {
    const large = await call('post', '/api/v1/posts', {
      as: ANN,
      body: { title: 'x', content: 'x'.repeat(11 * 1024 * 1024) },
    });
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large']);
  });

  describe('OpenAPI', () => {
    test('is a valid 3.1 document', async () => {
      const { body } = await call('get', '/openapi.json');
      expect(body.openapi).toMatch(/^3\.1\./);
      expect(body.info).toMatchObject({ title: 'Core Blog', version: '1.2.3' });
      const folder = await mkdtemp(join(tmpdir(), 'core-openapi-'));
      writeFileSync(join(folder, 'openapi.json'), JSON.stringify(body));
      const lint = spawnSync('npx', ['--no', 'redocly', 'lint', join(folder, 'openapi.json')], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      });
      await rm(folder, { recursive: true });
      expect(`${lint.stdout}${lint.stderr}`).toContain('Your API description is valid');
      expect(lint.status).toBe(0);
    });

    test('describes the actions with their bodies, parameters and errors', async () => {
      const { paths, components } = (await call('get', '/openapi.json')).body;
      const create = paths['/api/v1/posts'].post;
      expect(create.requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/PostInput' });
      expect(Object.keys(create.responses)).toEqual(expect.arrayContaining(['201', '400', '401', '403']));
      expect(components.schemas.PostInput.required.toSorted()).toEqual(['content', 'title']);
      expect(components.schemas.PostInput.properties.title).toMatchObject({ type: 'string', maxLength: 200 });
      expect(components.schemas.PostOutput.properties.publishedAt).toMatchObject({ type: ['string', 'null'] });
      const parameters = paths['/api/v1/posts'].get.parameters.map(({ name }: { name: string }) => name);
      expect(parameters).toEqual(
        expect.arrayContaining(['page', 'pageSize', 'search', 'ordering', 'isPublished', 'viewsCount__gte']),
      );
      expect(paths['/api/v1/posts/{id}/publish'].post.responses['200']).toBeDefined();
      expect(paths['/api/v1/tags/{slug}']).toBeDefined();
    });

    test('is served below the prefix as well', async () => {
      const [root, prefixed] = [await call('get', '/openapi.json'), await call('get', '/api/v1/openapi.json')];
      expect(prefixed.body).toEqual(root.body);
    });
  });

  test.each(['/docs', '/redoc', '/api/v1/docs', '/api/v1/redoc'])(
    '%s loads nothing from another host',
    async (path) => {
      const { status, text, headers } = await call('get', path).redirects(1);
      expect(status).toBe(200);
      expect(text).not.toMatch(/(src|href)=["']?(https?:)?\/\//);
      expect(headers['content-security-policy']).not.toMatch(/https?:/);
    },
  );
});

describe.each([
  ['problem', 'application/problem+json', { status: 404, code: 'not_found', detail: expect.any(String) }],
  ['envelope', 'application/json', { success: false, code: 'not_found', message: expect.any(String) }],
])('with ERROR_FORMAT=%s', (format, type, body) => {
  test(`errors are ${type}`, async () => {
    await using sample = await startSampleApp('sqlite', { ERROR_FORMAT: format });
    const answer = await sample.call('get', '/api/v1/posts/1');
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toContain(type);
    expect(JSON.parse(answer.text)).toMatchObject(body);
  });
});
