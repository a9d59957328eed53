import { Hash } from '@core-framework/auth';
import { AppModule } from '@core-framework-apps/api';
import { User } from '@core-framework-apps/blog';
import { SECURITY_CHECKS, type SecurityTarget } from '@core-framework/testing';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { databaseKinds, SERVERS } from '../support/databases.js';
import { createWorld, ROOT, WEAK_HASHING } from '../support/world.js';

const API = '/api/v1';

/** Whatever is added to the sample and is meant for everybody is added here, too. */
const OPEN = [
  ...['', '/:check', '/info', '/live', '/ready'].flatMap((path) => twice(`/health${path}`)),
  ...['/docs', '/redoc', '/openapi.json', '/asyncapi.json'].flatMap(twice),
  ...[':file', 'docs.js', 'page.css', 'redoc.js'].flatMap((file) => twice(`/docs/assets/${file}`)),
  'GET /media/*',
  ...['posts', 'posts/:id', 'posts/:id/stats', 'posts/featured', 'tags', 'tags/:slug', 'comments', 'comments/:id'].map(
    (path) => `GET ${API}/${path}`,
  ),
  `GET ${API}/posts/:post_id/comments`,
  `GET ${API}/posts/:post_id/comments/:id`,
  ...['authorize', 'callback'].map((path) => `GET ${API}/auth/oauth/:provider/${path}`),
  ...[
    'register',
    'login',
    'login/json',
    'jwt/login',
    'refresh',
    'forgot-password',
    'reset-password',
    'verify-email',
    'verify-email/request',
    '2fa/verify',
    'email/confirm',
    'verify',
    'request-verify-token',
    'token/introspect',
    'token/revoke',
    '2fa/verify',
    'oauth/token',
    'oauth/:provider/nonce',
    'oauth/:provider/id-token',
  ].map((path) => `POST ${API}/auth/${path}`),
];

function twice(path: string): string[] {
  return [`GET ${path}`, `GET ${API}${path}`];
}

describe.each(await databaseKinds())('the sample API on %s keeps the checklist', (kind) => {
  let target: SecurityTarget;

  beforeAll(async () => {
    const app = await createWatchedApp(AppModule, {
      database: SERVERS[kind],
      env: { SEED_WHEN_EMPTY: 'false', AUTH_THROTTLE_ENABLED: 'false' },
    });
    app.nest.get(Hash).configure('argon2', WEAK_HASHING);
    await app.work(createWorld);
    const root = await app.work(() => User.objects.get({ email: ROOT }));
    target = { app, open: OPEN, caller: app.client.as(root) };
  });
  afterAll(() => target?.app.close());

  test.each(SECURITY_CHECKS)('$id: $title', ({ check }) => check(target));
});
