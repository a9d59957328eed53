import type { TestResponse } from '../client/test-response.js';
import {
  type DocumentedRoute,
  documentedRoutes,
  type SecurityCheck,
  type SecurityTarget,
  statement,
} from './security-check.js';

const POLLUTION = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
const HOSTILE_TEXTS = ['%00', "1'--", '..%2f..%2fetc%2fpasswd', '%F0%9F', '9'.repeat(60), '-1', 'null'];

/** Sends each of some bodies to every route that takes JSON, and answers what was not refused by a 4xx. */
async function refused(target: SecurityTarget, bodiesOf: (route: DocumentedRoute) => readonly string[]) {
  const findings: string[] = [];
  for (const route of await documentedRoutes(target)) {
    if (!route.takesJson) continue;
    for (const body of bodiesOf(route)) {
      const { status } = await send(target, route, body);
      if (status < 400 || status >= 500)
        findings.push(`${route.method} ${route.address} answers ${status} to ${body.slice(0, 80)}`);
    }
  }
  return findings;
}

function send({ caller }: SecurityTarget, { method, address }: DocumentedRoute, body: string): Promise<TestResponse> {
  return caller.request(method, address, { body, headers: { 'content-type': 'application/json' } });
}

/** What requests may hold. */
export const INPUT_CHECKS: readonly SecurityCheck[] = [
  statement('SEC-58', 'members of a body that nobody asked for are refused', (target) =>
    refused(target, () => ['{"isSuperuserOfCoreTesting":true}']),
  ),
  statement('SEC-59', 'operators and lists in the place of values are refused', (target) =>
    refused(target, ({ fields }) =>
      fields.length === 0
        ? []
        : [{ $ne: null }, { $like: '%' }, [['x']]].map((value) =>
            JSON.stringify(Object.fromEntries(fields.map((field) => [field, value]))),
          ),
    ),
  ),
  statement('SEC-62', 'parameters of the query that nobody declared are refused by lists', async (target) => {
    const findings: string[] = [];
    for (const { method, address, path } of await documentedRoutes(target)) {
      if (method !== 'GET' || path.includes('{')) continue;
      const plain = await target.caller.get(address);
      const { status } = await target.caller.get(`${address}?where[x]=1&populate=*&$or[0][id]=1`);
      const isPage = plain.status === 200 && Array.isArray(plain.json<{ results?: unknown }>()?.results);
      if (status >= 500 || (isPage && status !== 400)) findings.push(`GET ${address} answers ${status}`);
    }
    return findings;
  }),
  statement('SEC-65', 'no text in an address makes the application fail', async (target) => {
    const findings: string[] = [];
    for (const { method, path } of await documentedRoutes(target)) {
      if (!path.includes('{')) continue;
      for (const text of HOSTILE_TEXTS) {
        const address = path.replaceAll(/\{\w+\}/g, text);
        const { status } = await target.app.client.request(method, address, method === 'GET' ? {} : { body: {} });
        if (status >= 500) findings.push(`${method} ${address} answers ${status}`);
        if (method !== 'GET') continue;
        const asCaller = await target.caller.get(address);
        if (asCaller.status >= 500) findings.push(`${method} ${address} answers ${asCaller.status}`);
      }
    }
    return findings;
  }),
  statement('SEC-67', 'nothing reaches the prototypes of objects', async (target) => {
    const findings = await refused(target, () => [POLLUTION]);
    const polluted = ({} as { polluted?: boolean }).polluted ? ['Object.prototype was changed'] : [];
    return [...findings, ...polluted];
  }),
  statement('SEC-69', 'bodies that are no JSON object are refused', (target) =>
    refused(target, () => ['{"a":', '[]', '"text"', 'null', '7', `${'['.repeat(40_000)}${']'.repeat(40_000)}`]),
  ),
];
