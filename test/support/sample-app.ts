import { Hash } from '@core-framework/auth';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CoreFactory } from '@core-framework/platform';
import { AppModule } from '@core-framework-apps/api';
import request from 'supertest';
import { type DatabaseKind, scratchDatabase } from './databases.js';
import { ProcessWatch } from './process-watch.js';
import { PASSWORD, WEAK_HASHING } from './world.js';

/** The sample API, listening, on a database of its own with a small known world in it. */
export interface SampleApp extends AsyncDisposable {
  readonly app: NestFastifyApplication;
  /** Calls the API; `as` names the e-mail of the caller, who signs in first. */
  readonly call: (method: Method, path: string, options?: { as?: string; body?: unknown }) => request.Test;
  /** Knows the secrets of its callers; when the application ends they are looked for in its tables. */
  readonly watch: ProcessWatch;
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head';

export async function startSampleApp(kind: DatabaseKind, env: Record<string, string> = {}): Promise<SampleApp> {
  const database = await scratchDatabase(kind);
  Object.assign(process.env, {
    ENVIRONMENT: 'testing',
    DATABASE_URL: database.url,
    LOG_LEVEL: 'ERROR',
    RATE_LIMIT_ENABLED: 'false',
    AUTH_THROTTLE_ENABLED: 'false',
    SEED_WHEN_EMPTY: 'false',
    ...env,
  });
  const app = await CoreFactory.create(AppModule);
  app.get(Hash).configure('argon2', WEAK_HASHING);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer();
  const watch = new ProcessWatch();
  watch.add(PASSWORD);
  return {
    app,
    watch,
    call: (method, path, { as, body } = {}) => {
      const test = request(server)[method](path);
      if (as) sendAfter(test, signIn(server, as, watch));
      watch.hear(JSON.stringify(body) ?? '');
      return body === undefined ? test : test.send(body as object);
    },
    [Symbol.asyncDispose]: async () => {
      await app.close();
      try {
        await watch.searchLeavings({ printed: {}, databases: [database.url] });
      } finally {
        await database[Symbol.asyncDispose]();
      }
    },
  };
}

type Server = ReturnType<NestFastifyApplication['getHttpServer']>;

async function signIn(server: Server, email: string, watch: ProcessWatch): Promise<string> {
  const { status, body } = await request(server).post('/api/v1/auth/login').send({ email, password: PASSWORD });
  if (status !== 200) throw new Error(`${email} could not sign in: ${JSON.stringify(body)}`);
  watch.hear(JSON.stringify(body));
  // Wrapped where the test has answers in the envelope.
  return (body.data ?? body).access_token as string;
}

/** Lets a request wait for its token, so that a test can go on adding to it meanwhile. */
function sendAfter(test: request.Test, token: Promise<string>): void {
  const end = test.end.bind(test);
  test.end = (callback) => {
    token.then(
      (value) => end.call(test.set('authorization', `Bearer ${value}`), callback),
      (error: Error) => callback?.(error, undefined as never),
    );
    return test;
  };
}
