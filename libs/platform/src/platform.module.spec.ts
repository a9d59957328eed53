import { Body, Controller, Get, type MiddlewareConsumer, Module, type NestModule, Post } from '@nestjs/common';
import { ConflictException } from '@core-framework/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CoreFactory } from './core-factory.js';
import { PlatformModule } from './platform.module.js';

@Controller()
class FailingController {
  @Get('conflict')
  conflict(): never {
    throw new ConflictException();
  }

  @Get('fault')
  fault(): never {
    throw new Error('a fault');
  }

  @Post('accepting')
  accept(@Body() body: unknown) {
    return { body };
  }

  @Get('guarded')
  guarded() {
    return 'never reached';
  }
}

@Module({ imports: [PlatformModule], controllers: [FailingController] })
class FailingModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer
      .apply(() => {
        throw new ConflictException('Refused by middleware.');
      })
      .forRoutes('guarded');
  }
}

let app: NestFastifyApplication;
afterEach(() => app.close());

describe.each([
  [
    'NestFactory',
    () => NestFactory.create<NestFastifyApplication>(FailingModule, new FastifyAdapter(), { logger: false }),
  ],
  ['CoreFactory', () => CoreFactory.create(FailingModule, { logger: false })],
])('errors in an application made by %s', (factory, create) => {
  const prefix = factory === 'NestFactory' ? '' : '/api/v1';

  test.each([
    ['an exception', 'GET', '/conflict', 409, 'conflict'],
    ['a fault', 'GET', '/fault', 500, 'internal_error'],
    ['an exception of middleware', 'GET', '/guarded', 409, 'conflict'],
    ['an unknown path', 'GET', '/nowhere', 404, 'not_found'],
    ['broken JSON', 'POST', '/accepting', 400, 'parse_error'],
  ] as const)('are rendered in one shape: %s', async (...[, method, url, status, code]) => {
    app = await create();
    await app.init();
    const answer = await app.inject({
      method,
      url: prefix + url,
      payload: method === 'POST' ? '{' : undefined,
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.statusCode, answer.json()]).toEqual([
      status,
      { detail: expect.any(String), code, requestId: expect.any(String) },
    ]);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
  });
});
