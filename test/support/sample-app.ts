import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CoreFactory } from '@core-framework/platform';
import { AppModule } from '@core-framework-apps/api';
import request from 'supertest';
import { type DatabaseKind, scratchDatabase } from './databases.js';

/** The sample API, listening, on a database of its own with a small known world in it. */
export interface SampleApp extends AsyncDisposable {
  readonly app: NestFastifyApplication;
  /** Calls the API; `as` names the e-mail of the caller. */
  readonly call: (method: Method, path: string, options?: { as?: string; body?: unknown }) => request.Test;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head';

export async function startSampleApp(kind: DatabaseKind, env: Record<string, string> = {}): Promise<SampleApp> {
  const database = await scratchDatabase(kind);
  Object.assign(process.env, {
    ENVIRONMENT: 'testing',
    DATABASE_URL: database.url,
    LOG_LEVEL: 'ERROR',
    RATE_LIMIT_ENABLED: 'false',
    SEED_WHEN_EMPTY: 'false',
    ...env,
  });
  const app = await CoreFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer();
  return {
    app,
    call: (method, path, { as, body } = {}) => {
      const test = request(server)[method](path);
      if (as) void test.auth(as, 'development');
      return body === undefined ? test : test.send(body as object);
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await database[Symbol.asyncDispose]();
    },
  };
}
