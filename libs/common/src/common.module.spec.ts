import { afterEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CommonModule } from './common.module.js';
import { RequestContext } from './context/request-context.js';
import { HealthRegistry } from './registries/health.registry.js';

@Controller()
class ContextController {
  @Get() get() {
    return { id: RequestContext.current()?.requestId };
  }

  @Post() post() {
    return { id: RequestContext.current()?.requestId };
  }
}

@Module({ imports: [CommonModule], controllers: [ContextController] })
class FeatureModule {}

@Module({ imports: [CommonModule, FeatureModule] })
class AppModule {}

describe('CommonModule', () => {
  let app: NestFastifyApplication | undefined;
  afterEach(() => app?.close());

  test('enters one context per request of a plain Nest application', async () => {
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
    await app.init();
    const first = await app.inject({ method: 'GET', url: '/' });
    const second = await app.inject({ method: 'POST', url: '/', payload: { large: 'x'.repeat(10_000) } });
    expect(first.json().id).toMatch(/\S/);
    expect(second.json().id).toMatch(/\S/);
    expect(second.json().id).not.toBe(first.json().id);
  });

  test('is one instance however often it is imported', async () => {
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { logger: false });
    const registry = app.get(HealthRegistry);
    registry.register({ name: 'db', check: async () => ({}) });
    expect(app.select(FeatureModule).get(HealthRegistry, { strict: false })).toBe(registry);
    expect(registry.checks.map((check) => check.name)).toEqual(['db']);
  });

  test('works in an application context without HTTP', async () => {
    const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
    expect(context.get(HealthRegistry).checks).toEqual([]);
    await context.close();
  });
});
