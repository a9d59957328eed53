import { assertRouteInventory, routeInventory } from '../routes/route-inventory.js';
import { addressOf } from '../routes/sample-address.js';
import { documentedRoutes, type SecurityCheck, type SecurityTarget, statement } from './security-check.js';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const UNSIGNED = `${part({ alg: 'none', typ: 'at+jwt' })}.${part({ sub: '1', tv: 0, exp: 4_000_000_000 })}.`;
const FORGED = [UNSIGNED, `${UNSIGNED}AAAA`, 'x.y.z', 'null', 'undefined', ''];

async function closedAddresses({ app, params }: SecurityTarget): Promise<{ method: string; address: string }[]> {
  const entries = await routeInventory(app, params);
  return entries
    .filter(({ status }) => status === 401)
    .map(({ route }) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, address: addressOf(path, params) };
    });
}

/** Who gets in. */
export const ACCESS_CHECKS: readonly SecurityCheck[] = [
  {
    id: 'SEC-15',
    title: 'routes that are not open on purpose refuse callers without credentials',
    check: ({ app, open, params }) => assertRouteInventory(app, { open, params }),
  },
  statement('SEC-24', 'a 401 says how to sign in', async (target) => {
    const findings: string[] = [];
    for (const { method, address } of await closedAddresses(target)) {
      const { headers } = await target.app.client.request(method, address, bodyFor(method));
      if (!headers['www-authenticate']) findings.push(`${method} ${address} has no WWW-Authenticate`);
    }
    return findings;
  }),
  statement('SEC-30', 'tokens that nobody signed, and texts that are none, let nobody in', async (target) => {
    const findings: string[] = [];
    for (const { method, address } of await closedAddresses(target)) {
      for (const token of FORGED) {
        const client = target.app.client.with({ authorization: `Bearer ${token}` });
        const { status } = await client.request(method, address, bodyFor(method));
        if (status !== 401) findings.push(`${method} ${address} answers ${status} to Bearer ${token.slice(0, 20)}`);
      }
    }
    return findings;
  }),
  statement('SEC-51', 'forms and texts that any page can send are not taken for JSON', async (target) => {
    const findings: string[] = [];
    for (const { method, address, takesJson } of await documentedRoutes(target)) {
      if (!takesJson) continue;
      for (const type of ['text/plain', 'application/xml']) {
        const { status } = await target.caller.request(method, address, {
          body: '{"a":1}',
          headers: { 'content-type': type },
        });
        if (status < 400 || status >= 500) findings.push(`${method} ${address} answers ${status} to ${type}`);
      }
    }
    return findings;
  }),
  statement('SEC-54', 'other origins are not let in by CORS', async (target) => {
    const findings: string[] = [];
    const evil = target.app.client.with({ origin: 'https://evil.example' });
    for (const { method, address } of await documentedRoutes(target)) {
      if (method !== 'GET') continue;
      const { headers } = await evil.get(address);
      const allowed = headers['access-control-allow-origin'];
      if (allowed === 'https://evil.example' || (allowed && headers['access-control-allow-credentials']))
        findings.push(`GET ${address} allows ${String(allowed)}`);
    }
    return findings;
  }),
];

function bodyFor(method: string): { body?: object } {
  return method === 'GET' || method === 'DELETE' ? {} : { body: {} };
}
