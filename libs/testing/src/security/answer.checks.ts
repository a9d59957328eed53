import type { TestResponse } from '../client/test-response.js';
import { documentedRoutes, type SecurityCheck, type SecurityTarget, statement } from './security-check.js';

const SECRET_MEMBER = /^(?:password|passwordHash|password_hash|hashedPassword|tokenVersion|secret|hash|privateKey)$/i;
const INSIDES = /\n\s+at |node_modules|\/src\/|\bselect .+ from\b|\binsert into\b|SQLITE_|DriverException|\.ts:\d+/i;

async function answers(target: SecurityTarget): Promise<[route: string, answer: TestResponse][]> {
  const all: [string, TestResponse][] = [];
  for (const { method, address } of await documentedRoutes(target)) {
    if (method === 'GET') {
      all.push([`GET ${address}`, await target.caller.get(address)]);
      all.push([`GET ${address} (nobody)`, await target.app.client.get(address)]);
    } else if (method !== 'DELETE') {
      const broken = { body: '{', headers: { 'content-type': 'application/json' } };
      all.push([`${method} ${address}`, await target.app.client.request(method, address, broken)]);
    }
  }
  all.push(['GET /nowhere', await target.app.client.get('/nowhere')]);
  return all;
}

function members(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(members);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...members(inner)]);
}

/** What answers tell. */
export const ANSWER_CHECKS: readonly SecurityCheck[] = [
  statement('SEC-55', 'every answer has the headers that keep browsers from harm', async (target) => {
    const findings: string[] = [];
    for (const [route, { headers }] of await answers(target)) {
      if (headers['x-content-type-options'] !== 'nosniff') findings.push(`${route} may be sniffed`);
      const policy = String(headers['content-security-policy'] ?? '');
      if (!policy.includes('frame-ancestors') && !headers['x-frame-options']) findings.push(`${route} may be framed`);
      if (headers['x-powered-by']) findings.push(`${route} tells what it is made with`);
    }
    return findings;
  }),
  statement('SEC-74', 'no answer has a member that is named like a secret', async (target) => {
    const findings: string[] = [];
    for (const [route, answer] of await answers(target)) {
      if (answer.status >= 400) continue;
      const secret = members(answer.json()).find((name) => SECRET_MEMBER.test(name));
      if (secret) findings.push(`${route} shows ${secret}`);
    }
    return findings;
  }),
  statement('SEC-86', 'errors tell nothing of what is inside', async (target) => {
    const findings: string[] = [];
    for (const [route, { status, text }] of await answers(target)) {
      if (status >= 500) findings.push(`${route} answers ${status}`);
      const told = status >= 400 ? INSIDES.exec(text)?.[0] : undefined;
      if (told) findings.push(`${route} tells ${told.trim()}`);
    }
    return findings;
  }),
];
