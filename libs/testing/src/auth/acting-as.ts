import { type AbstractBaseUser, Sessions } from '@core-framework/auth';
import type { TestApp } from '../app/test-app.js';
import type { TestClient } from '../client/test-client.js';

const HERE = { ip: '127.0.0.1', userAgent: 'core-testing', requestId: null };

/**
 * Signs a user in without asking for the password, and answers a client that shows the access token: the session is in the
 * database and can be listed, refreshed and ended. Where no session matters, `client.as(user)` costs less.
 */
export async function actingAs(app: TestApp, user: AbstractBaseUser): Promise<TestClient> {
  const sessions = app.nest.get(Sessions, { strict: false });
  const { accessToken } = await app.work(() => sessions.start(user, { client: HERE }));
  return app.client.with({ authorization: `Bearer ${accessToken}` });
}
