import { connect, createServer, type Server, type Socket } from 'node:net';
import { Hash } from '@core-framework/auth';
import { createTestApp } from '@core-framework/testing';
import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createWatchedApp } from '../support/accounts-watch.js';
import { Account, AccountsModule, API, type Held, PASSWORD } from '../support/accounts-app.js';

import { databaseKinds, scratchDatabase, SERVERS } from '../support/databases.js';
import { ProcessWatch } from '../support/process-watch.js';

/** Stands between an application and its database until it is closed. */
class Wire implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async to(url: string): Promise<Wire> {
    const address = new URL(url);
    const { hostname: host, port } = address;
    const server = createServer((near) => {
      const far = connect({ host, port: Number(port || 5432) });
      for (const socket of [near, far]) wire.#sockets.add(socket.on('error', () => undefined));
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address.host = `127.0.0.1:${(server.address() as { port: number }).port}`;
    const wire = new Wire(server, address.href);
    return wire;
  }

  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server.listening) await this.cut();
  }
}

// A file beside the application does not go away while it runs.
describe.each(['postgresql'] as const)('without its database, which is %s,', (kind) => {
  test('SEC-86 and SEC-87: an application answers 503, lets nobody in and tells nothing, nor does its log tell a secret', async () => {
    await using database = await scratchDatabase(kind);
    await using wire = await Wire.to(database.url);
    const lines: string[] = [];
    await using app = await createTestApp(AccountsModule, {
      database: false,
      logger: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }),
      env: {
        DATABASE_URL: wire.url,
        LOG_LEVEL: 'DEBUG',
        DB_ECHO: 'true',
        AUTH_THROTTLE_ENABLED: 'false',
        AUTH_PASSWORD_HASHER: 'argon2',
      },
    });
    app.nest.get(Hash).configure('argon2', { memoryCost: 64, timeCost: 1 });
    const email = 'alice@example.com';
    await app.work(() => Account.objects.createUser({ email, password: PASSWORD, isVerified: true }));
    const login = () => app.client.post(`${API}/auth/login`, { email, password: PASSWORD });
    const held = (await login()).json<Held>();
    const alice = app.client.with({ authorization: `Bearer ${held.access_token}` });
    const made = await alice.post(`${API}/auth/api-keys`, { name: 'importer' });
    const { key } = made.json<{ key: string }>();
    const program = app.client.with({ 'x-api-key': key });
    expect([(await alice.get(`${API}/auth/me`)).status, (await program.get(`${API}/letters`)).status]).toEqual([
      200, 200,
    ]);

    await wire.cut();
    const answers = {
      me: await alice.get(`${API}/auth/me`),
      program: await program.get(`${API}/letters`),
      letters: await alice.get(`${API}/letters`),
      login: await login(),
      refresh: await app.client.post(`${API}/auth/refresh`, { refresh_token: held.refresh_token }),
      register: await app.client.post(`${API}/auth/register`, { email: 'x@example.com', password: 'a fine new horse' }),
      forgot: await app.client.post(`${API}/auth/forgot-password`, { email }),
      password: await alice.post(`${API}/auth/password`, {
        currentPassword: PASSWORD,
        newPassword: 'a fine new horse',
      }),
    };
    for (const [name, { status, text }] of Object.entries(answers)) {
      expect([name, status]).toEqual([name, 503]);
      expect(Object.keys(JSON.parse(text) as object).toSorted((a, b) => a.localeCompare(b))).toEqual([
        'code',
        'detail',
        'requestId',
      ]);
      expect(text).not.toMatch(/postgres|select|ECONN|127\.0\.0\.1|\.ts\b|core_test|password/i);
    }
    const log = lines.join('');
    expect(log).toContain('ECONN');
    const watch = new ProcessWatch();
    for (const secret of [held.access_token, held.refresh_token, key, PASSWORD, 'a fine new horse']) watch.add(secret);
    await watch.searchLeavings({ printed: { log }, databases: [database.url] });
  });
});

describe.each(await databaseKinds())('with a broken table on %s', (kind) => {
  test('SEC-86: what breaks inside is told by nothing but an id, and a password that is refused is not repeated', async () => {
    await using app = await createWatchedApp(AccountsModule, {
      database: SERVERS[kind],
      env: { AUTH_THROTTLE_ENABLED: 'false', AUTH_PASSWORD_HASHER: 'argon2' },
    });
    app.nest.get(Hash).configure('argon2', { memoryCost: 64, timeCost: 1 });
    const email = 'alice@example.com';
    await app.work(() => Account.objects.createUser({ email, password: PASSWORD, isVerified: true }));
    const rename = (from: string, to: string) =>
      app.work(() => app.database.entityManager().execute(`alter table ${from} rename to ${to}`));
    const { access_token: token } = (
      await app.client.post(`${API}/auth/login`, { email, password: PASSWORD })
    ).json<Held>();
    const alice = app.client.with({ authorization: `Bearer ${token}` });
    await rename('letters', 'away');
    const broken = await alice.get(`${API}/letters`);
    await rename('away', 'letters');
    expect([broken.status >= 500, Object.keys(broken.json()).toSorted((a, b) => a.localeCompare(b))]).toEqual([
      true,
      ['code', 'detail', 'requestId'],
    ]);
    expect(broken.text).not.toMatch(/letters|away|select|sql|relation|\.ts\b|node_modules/i);
    const refused = await app.client.post(`${API}/auth/register`, { email: 'x@example.com', password: 'zq!9' });
    expect([refused.status, refused.text.includes('zq!9')]).toEqual([400, false]);
  });
});
