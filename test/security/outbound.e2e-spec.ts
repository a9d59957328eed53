import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthModule } from '@core-framework/auth';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { type TestApp, type TestResponse } from '@core-framework/testing';
import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createWatchedApp } from '../support/accounts-watch.js';
import { Account, API } from '../support/accounts-app.js';
import { databaseKinds, SERVERS } from '../support/databases.js';

const OAUTH = `${API}/auth/oauth/acme`;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Listens on a port of this machine, and answers all that it is asked. */
async function listen(answer: (url: string, origin: string) => object | undefined): Promise<string> {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '', origin);
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

describe.each(await databaseKinds())('requests to other services on %s', (kind) => {
  test('SEC-85: a provider cannot have the application ask inside the network', async () => {
    const asked: string[] = [];
    const inside = await listen((url) => {
      asked.push(url);
      return { access_token: 'x', token_type: 'bearer', id_token: 'x.y.z', keys: [] };
    });
    const issuer = await listen((url, origin) =>
      url === '/.well-known/openid-configuration'
        ? {
            issuer: origin,
            authorization_endpoint: `${origin}/authorize`,
            token_endpoint: `${inside}/token`,
            jwks_uri: `${inside}/keys`,
          }
        : undefined,
    );
    const provider = { name: 'acme', issuer, clientId: 'x', clientSecret: 'y' };
    const start = async (privateOrigins: readonly string[]) => {
      @Module({
        imports: [
          SettingsModule.forRoot(),
          CoreOrmModule.forRoot({ schema: 'update' }),
          ViewSetModule.forRoot(),
          AuthModule.forRoot({ userModel: Account, oauthProviders: [{ ...provider, privateOrigins }] }),
        ],
      })
      class OAuthApp {}
      return createWatchedApp(OAuthApp, { database: SERVERS[kind], env: { AUTH_THROTTLE_ENABLED: 'false' } });
    };
    const comeBack = async (privateOrigins: readonly string[]): Promise<TestResponse> => {
      await using app = await start(privateOrigins);
      const departed = await app.client.get(`${OAUTH}/authorize`);
      const state = new URL(departed.json<{ url: string }>().url).searchParams.get('state');
      const cookie = String(departed.headers['set-cookie']).split(';')[0] ?? '';
      return await app.client.with({ cookie }).get(`${OAUTH}/callback?state=${state}&code=x`);
    };
    const refused = await comeBack([]);
    expect([refused.status, refused.json().code, asked]).toEqual([400, 'oauth_failed', []]);
    expect(refused.text).not.toContain('127.0.0.1');
    // The same provider, where the application says that it may.
    expect([(await comeBack([inside])).status, asked]).toEqual([400, ['/token']]);

    // Nor by the address of its keys, and whoever shows ID tokens has them fetched once.
    asked.splice(0);
    const show = async (app: TestApp): Promise<TestResponse> => {
      const begun = await app.client.post(`${OAUTH}/nonce`);
      const cookie = String(begun.headers['set-cookie']).split(';')[0] ?? '';
      const { nonce } = begun.json<{ nonce: string }>();
      const idToken = [{ alg: 'RS256', kid: nonce }, { nonce }].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      return app.client.with({ cookie }).post(`${OAUTH}/id-token`, { idToken: `${idToken.join('.')}.eA` });
    };
    await using wary = await start([]);
    const kept = await show(wary);
    expect([kept.status, kept.json().code, asked]).toEqual([503, 'provider_unavailable', []]);
    expect(kept.text).not.toContain('127.0.0.1');
    await using trusting = await start([inside]);
    for (let tries = 0; tries < 3; tries++) expect((await show(trusting)).status).toBe(401);
    expect(asked).toEqual(['/keys']);
  });
});
