import { CLOCK, ManualClock } from '@core-framework/common';
import { loadSettingsOf } from '@core-framework/config';
import { CoreFactory } from '@core-framework/platform';
import { HttpAdapterHost } from '@nestjs/core';
import type { DynamicModule, NestApplicationOptions, Type } from '@nestjs/common';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createTestDatabase, type TestDatabase } from '../database/test-database.js';
import { RegisteredRoutes } from '../routes/registered-routes.js';
import { TestApp } from './test-app.js';
import type { TestAppOptions } from './test-app.options.js';

/**
 * Builds an application for a test: the whole stack of `CoreFactory` on an empty database of its own, with a clock that the
 * test can set, and ready to be called.
 *
 * @throws InvalidSettingsError when the given variables make no valid settings
 *
 * @example
 * ```ts
 * const app = await createTestApp(AppModule);
 * const answer = await app.client.as({ id: 1 }).post('/api/v1/posts', { title: 'Hello' });
 * await app.close();
 * ```
 */
export async function createTestApp(module: Type | DynamicModule, options: TestAppOptions = {}): Promise<TestApp> {
  const { env = {}, database: server = process.env.TEST_DATABASE_URL, configure, logger = false, ...rest } = options;
  const database = server === false ? undefined : await createTestDatabase(server);
  const clock = new ManualClock();
  const routes = new RegisteredRoutes();
  try {
    const settings = loadSettingsOf(module, { env: { ...DEFAULTS, ...addressOf(database), ...env }, envFile: false });
    const instantiate = (root: DynamicModule, adapter: FastifyAdapter, nestOptions: NestApplicationOptions) => {
      routes.attachTo(adapter.getInstance());
      return build(root, adapter, nestOptions, { clock, configure });
    };
    const app = await CoreFactory.create(module, { ...rest, logger, settings, instantiate });
    return await TestApp.start(app, { clock, routes, database });
  } catch (error) {
    await database?.[Symbol.asyncDispose]();
    throw error;
  }
}

const DEFAULTS = { ENVIRONMENT: 'testing', LOG_LEVEL: 'ERROR', RATE_LIMIT_ENABLED: 'false' };

function addressOf(database: TestDatabase | undefined): Record<string, string> {
  return database ? { DATABASE_URL: database.url } : {};
}

interface Replacements extends Pick<TestAppOptions, 'configure'> {
  readonly clock: ManualClock;
}

async function build(
  root: DynamicModule,
  adapter: FastifyAdapter,
  options: NestApplicationOptions,
  { clock, configure = (builder) => builder }: Replacements,
): Promise<NestFastifyApplication> {
  // A testing module makes providers before it is told of an adapter; ours look for it in their constructors.
  const host = new HttpAdapterHost();
  host.httpAdapter = adapter;
  const builder = Test.createTestingModule({ imports: [root] })
    .overrideProvider(HttpAdapterHost)
    .useValue(host)
    .overrideProvider(CLOCK)
    .useValue(clock);
  if (options.logger) builder.setLogger(options.logger as never);
  const module = await configure(builder).compile();
  return module.createNestApplication<NestFastifyApplication>(adapter, options);
}
