import { gunzipSync } from 'node:zlib';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpException,
  Module,
  Options,
  Param,
  Post,
} from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  CoreError,
  HealthRegistry,
  NotFoundException,
  OpenApiRegistry,
  RequestContext,
  UnroutedRequestRegistry,
} from '@core-framework/common';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsInt, IsString, MaxLength } from 'class-validator';
import { fastify } from 'fastify';
import { CoreFactory } from './core-factory.js';
import { ERROR_RENDERER, type ErrorRenderer } from './errors/error-renderer.js';
import { registerHealthRoutes } from './health/health.routes.js';
import type { CoreFactoryOptions } from './platform.options.js';

class NoteInput {
  @ApiProperty({ nullable: true, type: String })
  @IsString()
  @MaxLength(5)
  title!: string;

  @ApiProperty()
  @IsInt()
  stars!: number;
}

class SecretFault extends CoreError {
  readonly code = 'TEST_SECRET';
}

class GoneError extends CoreError {
  readonly code = 'TEST_GONE';
  constructor() {
    super('internal wording', {
      client: { status: 410, code: 'note_gone', detail: 'The note is gone.', headers: { 'x-hint': 'archive' } },
    });
  }
}

@Controller('notes')
class NotesController {
  @Get()
  list() {
    return Array.from({ length: 60 }, (_, id) => ({ id, title: `note ${id}` }));
  }

  @Get('short')
  short() {
    return { requestId: RequestContext.current()?.requestId };
  }

  @Get('fault')
  fault(): never {
    throw new SecretFault('SELECT * FROM notes failed');
  }

  @Get('gone')
  gone(): never {
    throw new GoneError();
  }

  @Get('nest')
  nest(): never {
    throw new HttpException({ message: 'No tea here.', errorCode: 'x' }, 418);
  }

  @Get('list-of-messages')
  messages(): never {
    throw new BadRequestException(['title is too long', 'stars is missing']);
  }

  @Get('text')
  text(): never {
    // oxlint-disable-next-line typescript/only-throw-error -- Libraries do it.
    throw 'a bare string';
  }

  @Options('described')
  described() {
    return { plain: true };
  }

  @Get(':id')
  one(@Param('id') id: string) {
    return { id };
  }

  @Post()
  create(@Body() input: NoteInput) {
    return input;
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

const apps: NestFastifyApplication[] = [];

async function start(
  options: CoreFactoryOptions = {},
  env: Record<string, string> = {},
  module: new () => object = NotesModule,
) {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const app = await CoreFactory.create(module, { logger: false, ...options });
    apps.push(app);
    await app.init();
    return app;
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

describe('an application made by CoreFactory', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await start({ title: 'Notes <b>', description: 'Keeps notes.', version: '9.9' });
    app.get(OpenApiRegistry).register((document) => {
      document.components = { ...document.components, securitySchemes: { key: { type: 'http' } } };
    });
  });
  afterAll(async () => {
    await Promise.all(apps.splice(0).map((each) => each.close()));
  });

  test('serves its routes under the prefix, with and without a slash at the end', async () => {
    expect((await app.inject('/api/v1/notes/7')).json()).toEqual({ id: '7' });
    expect((await app.inject('/api/v1/notes/7/')).json()).toEqual({ id: '7' });
    expect((await app.inject('/notes/7')).statusCode).toBe(404);
  });

  test('takes path parameters of 500 characters and refuses longer ones with 414', async () => {
    expect((await app.inject(`/api/v1/notes/${'a'.repeat(500)}`)).statusCode).toBe(200);
    const answer = await app.inject(`/api/v1/notes/${'a'.repeat(501)}`);
    expect(answer.statusCode).toBe(414);
    expect(answer.json()).toMatchObject({ code: 'uri_too_long' });
  });

  describe('request ids', () => {
    test.each(['/api/v1/notes', '/nowhere', '/api/v1/notes/fault', '/docs', '/openapi.json', '/health', '/api/v1/%zz'])(
      'and the time taken are on the answer of %s',
      async (url) => {
        const { headers } = await app.inject(url);
        expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
        expect(headers['x-response-time']).toMatch(/^\d+\.\d\dms$/);
      },
    );

    test('are taken from the caller and known to handlers', async () => {
      const answer = await app.inject({ url: '/api/v1/notes/short', headers: { 'x-request-id': 'abc.DEF-123:4' } });
      expect(answer.headers['x-request-id']).toBe('abc.DEF-123:4');
      expect(answer.json()).toEqual({ requestId: 'abc.DEF-123:4' });
    });

    test('that could forge log lines are replaced', async () => {
      const answer = await app.inject({ url: '/api/v1/notes/short', headers: { 'x-request-id': 'a b' } });
      expect(answer.headers['x-request-id']).not.toBe('a b');
    });
  });

  describe('errors', () => {
    const bodyOf = async (url: string) => {
      const answer = await app.inject(url);
      return {
        status: answer.statusCode,
        type: answer.headers['content-type'],
        headers: answer.headers,
        body: answer.json<object>(),
      };
    };

    test('that clients may not know are 500 without any of their words', async () => {
      const { status, body, headers } = await bodyOf('/api/v1/notes/fault');
      expect(status).toBe(500);
      expect(body).toEqual({
        detail: 'Internal server error.',
        code: 'internal_error',
        requestId: headers['x-request-id'],
      });
    });

    test('that carry an answer are answered with it and its headers', async () => {
      const { status, body, headers } = await bodyOf('/api/v1/notes/gone');
      expect(status).toBe(410);
      expect(body).toEqual({ detail: 'The note is gone.', code: 'note_gone', requestId: expect.any(String) });
      expect(headers['x-hint']).toBe('archive');
    });

    test('of Nest keep their message', async () => {
      expect(await bodyOf('/api/v1/notes/nest')).toMatchObject({ status: 418, body: { detail: 'No tea here.' } });
    });

    test('of Nest with a list of messages become field errors', async () => {
      expect(await bodyOf('/api/v1/notes/list-of-messages')).toMatchObject({
        status: 400,
        body: {
          code: 'invalid_input',
          errors: { nonFieldErrors: [{ message: 'title is too long' }, { message: 'stars is missing' }] },
        },
      });
    });

    test('that are no errors are 500', async () => {
      expect(await bodyOf('/api/v1/notes/text')).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    });

    test('of the router have the same shape', async () => {
      expect(await bodyOf('/nowhere')).toMatchObject({
        status: 404,
        body: { detail: 'Not found.', code: 'not_found' },
      });
      expect(await bodyOf('/api/v1/notes/%zz')).toMatchObject({
        status: 400,
        body: { code: 'bad_request', requestId: expect.any(String) },
      });
    });

    test('of the input name fields and codes', async () => {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/v1/notes',
        payload: { title: 'too long', extra: 1 },
      });
      expect(answer.statusCode).toBe(400);
      const { code, errors } = answer.json<{ code: string; errors: Record<string, { code: string }[]> }>();
      expect(code).toBe('invalid_input');
      expect(Object.entries(errors).map(([field, list]) => [field, list[0]?.code])).toEqual([
        ['extra', 'unknown_field'],
        ['title', 'max_length'],
        ['stars', 'required'],
      ]);
    });
  });

  describe('OPTIONS', () => {
    const preflight = {
      origin: 'http://localhost:3000',
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'x-a',
    };

    test('as a preflight is answered for every path and method', async () => {
      const { statusCode, headers } = await app.inject({ method: 'OPTIONS', url: '/api/v1/notes', headers: preflight });
      expect(statusCode).toBe(204);
      expect(headers['access-control-allow-origin']).toBe('http://localhost:3000');
      expect(headers['access-control-allow-methods']).toContain('DELETE');
      expect(headers['access-control-allow-headers']).toBe('x-a');
      expect(headers['x-request-id']).toBeDefined();
    });

    test('as a preflight of an unknown origin is not allowed anything', async () => {
      const { headers } = await app.inject({
        method: 'OPTIONS',
        url: '/api/v1/notes',
        headers: { ...preflight, origin: 'http://evil.test' },
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    });

    test('without preflight headers reaches the application', async () => {
      const answer = await app.inject({
        method: 'OPTIONS',
        url: '/api/v1/notes/described',
        headers: { origin: 'http://localhost:3000' },
      });
      expect(answer.json()).toEqual({ plain: true });
      expect(answer.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    });
  });

  describe('a known path', () => {
    test('answers other verbs with 405 and the ones it knows', async () => {
      for (const url of ['/api/v1/notes', '/api/v1/notes/', '/api/v1/notes?page=2']) {
        const answer = await app.inject({ method: 'DELETE', url });
        expect(answer.statusCode).toBe(405);
        expect(answer.headers.allow).toBe('GET, HEAD, POST, OPTIONS');
        expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
      }
      expect((await app.inject({ method: 'POST', url: '/health' })).headers.allow).toBe('GET, HEAD, OPTIONS');
    });

    test('describes itself to OPTIONS, and answers HEAD as GET without a body', async () => {
      const options = await app.inject({ method: 'OPTIONS', url: '/api/v1/notes' });
      expect([options.statusCode, options.headers.allow]).toEqual([200, 'GET, HEAD, POST, OPTIONS']);
      const head = await app.inject({ method: 'HEAD', url: '/api/v1/notes' });
      expect([head.statusCode, head.body]).toEqual([200, '']);
      expect((await app.inject({ method: 'OPTIONS', url: '/nowhere' })).statusCode).toBe(404);
    });
  });

  test('answers other origins with a Vary that keeps caches apart, also on errors', async () => {
    const allowed = await app.inject({ url: '/nowhere', headers: { origin: 'http://localhost:3000' } });
    expect(allowed.headers['access-control-allow-origin']).toBe('http://localhost:3000');
    expect(String(allowed.headers.vary).toLowerCase()).toContain('origin');
    expect((await app.inject('/api/v1/notes/1')).headers.vary).toBeDefined();
  });

  describe('compression', () => {
    test('is for bodies above 1000 bytes and callers that ask for it', async () => {
      const zipped = await app.inject({
        url: '/api/v1/notes',
        headers: { 'accept-encoding': 'gzip', origin: 'http://localhost:3000' },
      });
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(JSON.parse(gunzipSync(zipped.rawPayload).toString())).toHaveLength(60);
      expect(String(zipped.headers.vary).toLowerCase().split(/, */).sort()).toEqual(['accept-encoding', 'origin']);
      const plain = await app.inject('/api/v1/notes');
      expect([plain.headers['content-encoding'], plain.headers.vary]).toEqual([undefined, 'Origin, accept-encoding']);
    });

    test('is not for short bodies', async () => {
      const short = await app.inject({ url: '/api/v1/notes/short', headers: { 'accept-encoding': 'gzip' } });
      expect([short.headers['content-encoding'], short.headers.vary]).toEqual([undefined, 'Origin']);
    });
  });

  test.each(['/api/v1/notes', '/nowhere', '/api/v1/notes/%zz'])('sends security headers on %s', async (url) => {
    const { headers } = await app.inject(url);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  describe('health', () => {
    let healthy = true;

    beforeAll(() => {
      app.get(HealthRegistry).register({
        name: 'db',
        check: () =>
          healthy ? Promise.resolve({ database: 'connected' }) : Promise.reject(new Error('password of db1.internal')),
      });
    });
    afterEach(() => {
      healthy = true;
    });

    test.each(['', '/api/v1'])('answers under "%s"', async (base) => {
      for (const path of ['/health', '/health/', '/health/live', '/health/ready', '/health/info', '/health/db']) {
        expect((await app.inject(base + path)).statusCode).toBe(200);
      }
    });

    test('tells facts of checks and of the process', async () => {
      expect((await app.inject('/health/db')).json()).toEqual({ status: 'ok', database: 'connected' });
      expect((await app.inject('/health/ready')).json()).toEqual({
        status: 'ok',
        checks: { db: { status: 'ok', database: 'connected' } },
      });
      expect((await app.inject('/health/info')).json()).toMatchObject({
        name: 'My App',
        version: '0.1.0',
        environment: 'development',
        node: process.versions.node,
      });
    });

    test('is 503 for readiness while a check fails, and keeps the reason to itself', async () => {
      healthy = false;
      const ready = await app.inject('/health/ready');
      expect(ready.statusCode).toBe(503);
      expect(ready.body).not.toContain('internal');
      expect((await app.inject('/health/db')).statusCode).toBe(503);
      expect((await app.inject('/health/live')).statusCode).toBe(200);
    });

    test('is ready without what works beside requests, and tells of it', async () => {
      healthy = true;
      app
        .get(HealthRegistry)
        .register({ name: 'relay', background: true, check: () => Promise.reject(new Error('away')) });
      const ready = await app.inject('/health/ready');
      expect([ready.statusCode, ready.json()]).toMatchObject([
        200,
        { status: 'ok', checks: { relay: { status: 'error' } } },
      ]);
      expect((await app.inject('/health/relay')).statusCode).toBe(503);

      // A process that is there for such work needs it.
      const settings = { appName: 'a', appVersion: '1', environment: 'development', isProduction: false } as const;
      const worker = fastify();
      const registry = app.get(HealthRegistry);
      registerHealthRoutes(worker, { registry, drain: { draining: false }, settings, bases: [''], isBackground: true });
      expect((await worker.inject('/health/ready')).statusCode).toBe(503);
    });

    test('knows no other checks', async () => {
      expect((await app.inject('/health/queue')).json()).toMatchObject({ code: 'not_found' });
    });
  });

  describe('OpenAPI', () => {
    test('is 3.1, says what the options say, and is completed by the packages', async () => {
      const document = (await app.inject('/openapi.json')).json<{
        openapi: string;
        info: object;
        paths: Record<string, object>;
        components: { securitySchemes: object; schemas: { NoteInput: { properties: { title: object } } } };
      }>();
      expect(document.openapi).toBe('3.1.0');
      expect(document.info).toMatchObject({ title: 'Notes <b>', description: 'Keeps notes.', version: '9.9' });
      expect(document.paths['/api/v1/notes']).toHaveProperty('post.summary', 'Create');
      expect(document.components.securitySchemes).toEqual({ key: { type: 'http' } });
      expect(document.components.schemas.NoteInput.properties.title).toEqual({ type: ['string', 'null'] });
      expect((await app.inject('/api/v1/openapi.json')).json()).toEqual(document);
    });

    test.each(['/docs', '/redoc', '/api/v1/docs/', '/api/v1/redoc'])(
      'is shown by %s with files of this server only',
      async (url) => {
        const page = await app.inject(url);
        expect(page.statusCode).toBe(200);
        expect(page.headers['content-security-policy']).not.toMatch(/unsafe|https?:/);
        expect(page.body).toContain('Notes &#60;b&#62;');
        const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)]
          .map(([, file]) => file!)
          .filter((file) => file !== 'data:,');
        expect(files.length).toBeGreaterThan(2);
        for (const file of files) expect((await app.inject(file)).statusCode).toBe(200);
      },
    );

    test('loads bundles that ask no other host for pictures', async () => {
      const bundle = await app.inject('/docs/assets/redoc.standalone.js');
      expect(bundle.body).not.toContain('cdn.redoc.ly');
      const again = await app.inject({
        url: '/docs/assets/redoc.standalone.js',
        headers: { 'if-none-match': String(bundle.headers.etag) },
      });
      expect(again.statusCode).toBe(304);
      expect((await app.inject('/docs/assets/constructor')).statusCode).toBe(404);
    });
  });
});

describe('CoreFactory', () => {
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((each) => each.close()));
  });

  test('serves no documentation when that is switched off', async () => {
    for (const app of [await start({ docs: false }), await start({}, { DOCS_ENABLED: 'false' })]) {
      for (const url of ['/docs', '/redoc', '/openapi.json']) expect((await app.inject(url)).statusCode).toBe(404);
    }
  });

  test('renders errors by ERROR_FORMAT', async () => {
    const problem = await (await start({}, { ERROR_FORMAT: 'problem' })).inject('/nowhere');
    expect(problem.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(problem.json()).toMatchObject({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'Not found.',
      code: 'not_found',
    });
    const envelope = await (await start({}, { ERROR_FORMAT: 'envelope' })).inject('/nowhere');
    expect(envelope.json()).toMatchObject({ success: false, message: 'Not found.', code: 'not_found', errors: {} });
  });

  test('uses the renderer that the application provides', async () => {
    const renderer: ErrorRenderer = { contentType: 'application/vnd.own+json', render: ({ code }) => ({ own: code }) };
    @Module({ providers: [{ provide: ERROR_RENDERER, useValue: renderer }] })
    class OwnModule {}
    const answer = await (await start({}, {}, OwnModule)).inject('/nowhere');
    expect(answer.headers['content-type']).toContain('application/vnd.own+json');
    expect(answer.json()).toEqual({ own: 'not_found' });
  });

  test('tells clients about faults in debug mode, but never in production', async () => {
    const fault = async (options: CoreFactoryOptions, env: Record<string, string>) =>
      (await (await start(options, env)).inject('/api/v1/notes/fault')).json<{ detail: string }>().detail;
    expect(await fault({ debug: true }, {})).toContain('SELECT');
    expect(await fault({}, { DEBUG: 'true' })).toContain('SELECT');
    const production = { ENVIRONMENT: 'production', SECRET_KEY: 'Zq8mP2xV7nL4kR9tW3yB6cH1dF5gJ0sA' };
    expect(await fault({ debug: true }, production)).toBe('Internal server error.');
  });

  test('asks for unrouted requests before it answers 404', async () => {
    const app = await start();
    app.get(UnroutedRequestRegistry).register(async (request, reply) => {
      if (request.url === '/refused') throw new NotFoundException('Refused.', { code: 'refused' });
      if (request.url !== '/answered') return false;
      await reply.code(202).send({ answered: true });
      return true;
    });
    expect((await app.inject({ method: 'DELETE', url: '/answered' })).statusCode).toBe(202);
    expect((await app.inject('/refused')).json()).toMatchObject({ code: 'refused' });
    expect((await app.inject('/other')).json()).toMatchObject({ code: 'not_found' });
  });

  test('serves without a prefix when API_PREFIX is empty', async () => {
    const app = await start({}, { API_PREFIX: '' });
    expect((await app.inject('/notes/3')).json()).toEqual({ id: '3' });
    expect((await app.inject('/health')).statusCode).toBe(200);
  });
});
