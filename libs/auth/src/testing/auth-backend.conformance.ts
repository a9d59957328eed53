import assert from 'node:assert/strict';
import { type Principal, UnauthorizedException } from '@core-framework/common';
import type { FastifyRequest } from 'fastify';
import type { AuthBackend, Credentials } from '../authentication/auth-backend.js';

/** A backend under test, and what it is to let in. Give those of the two ways that it serves. */
export interface AuthBackendSubject {
  readonly backend: AuthBackend;
  /** Credentials that sign a user in; each member of them is needed. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Headers of a request that it knows the caller of, and of one whose credentials are of its kind and wrong. */
  readonly headers?: { readonly good: Headers; readonly wrong: Headers };
}

type Headers = Readonly<Record<string, string>>;

/** One thing that every backend must do; give name and check to the test runner at hand, inside the application's context. */
export interface AuthBackendCase {
  readonly name: string;
  check(subject: AuthBackendSubject): Promise<void>;
}

// What has opened doors elsewhere: wildcards and operators of directories and databases, characters that end texts.
const HOSTILE = ['*', '*)(uid=*', "' or '1'='1", '{"$ne":null}', '\u0000', '%', '../', 'x'.repeat(10_000)];

/**
 * What every {@link AuthBackend} must do, for the tests of one's own.
 *
 * @example
 * test.each(AUTH_BACKEND_CASES)('$name', ({ check }) =>
 *   app.work(() => check({ backend: app.nest.get(LdapBackend), credentials: { username: 'ann', password: 'secret' } })));
 */
export const AUTH_BACKEND_CASES: readonly AuthBackendCase[] = [
  {
    name: 'has a name by which it can be asked for',
    async check({ backend }) {
      assert.match(backend.name, /^\w[\w-]{0,49}$/);
    },
  },
  {
    name: 'signs in who shows what it asks for',
    async check({ backend, credentials }) {
      if (!credentials) return;
      const user = await backend.authenticate(credentials, requestWith({}));
      assert.ok(user?.id != null);
      assert.equal(typeof user.isActive, 'boolean');
    },
  },
  {
    name: 'leaves credentials of another kind to other backends',
    async check({ backend }) {
      for (const other of [{}, { 'of-another-kind': 'x' }]) {
        assert.equal(await backend.authenticate(other, requestWith({})), null);
      }
      assert.equal(await backend.identify(requestWith({})), null);
    },
  },
  {
    name: 'signs nobody in when a part is missing, empty or another one',
    async check({ backend, credentials = {} }) {
      for (const name of Object.keys(credentials)) {
        const wrongs = [undefined, '', ' ', `${credentials[name]}x`, ...HOSTILE];
        for (const value of wrongs) {
          const user = await attempt(backend, { ...credentials, [name]: value });
          assert.equal(user, null, `${name}: ${String(value).slice(0, 20)}`);
        }
      }
    },
  },
  {
    name: 'knows the caller of a request',
    async check({ backend, headers }) {
      if (!headers) return;
      const caller = await backend.identify(requestWith(headers.good));
      assert.ok(caller?.isAuthenticated);
      assert.notEqual(caller.id, null);
      for (const flag of ['isActive', 'isStaff', 'isSuperuser'] as const) assert.equal(typeof caller[flag], 'boolean');
      assert.equal(await caller.hasPermission('nothing.at-all'), caller.isSuperuser);
    },
  },
  {
    name: 'refuses a request with credentials of its kind that are wrong, with 401',
    async check({ backend, headers }) {
      if (!headers) return;
      const spoilt = Object.entries(headers.good).map(([name, value]) => ({ ...headers.good, [name]: `${value}x` }));
      for (const wrong of [headers.wrong, ...spoilt]) await assertRefused(backend.identify(requestWith(wrong)));
    },
  },
];

/** A refusal that ends the chain is one, too. */
async function attempt(backend: AuthBackend, credentials: Credentials): Promise<unknown> {
  try {
    return await backend.authenticate(credentials, requestWith({}));
  } catch (error) {
    if (error instanceof UnauthorizedException) return null;
    throw error;
  }
}

async function assertRefused(identified: Promise<Principal | null>): Promise<void> {
  await assert.rejects(identified, (error) => error instanceof UnauthorizedException);
}

function requestWith(headers: Headers): FastifyRequest {
  const headersDistinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const request = { id: 'conformance', method: 'GET', url: '/', ip: '192.0.2.1', headers, raw: { headersDistinct } };
  return request as unknown as FastifyRequest;
}
