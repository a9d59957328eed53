import { generateKeyPairSync } from 'node:crypto';
import { load, type LoadOptions, type Measurement, type Scenario } from '../measure/load.js';
import { Rival } from '../measure/rival.js';
import { scratchDatabase } from '../measure/scratch-database.js';

const CREDENTIALS = { email: 'ann@example.com', password: 'correct horse' };
const LOAD = { rounds: 3, seconds: 3, connections: 16 } satisfies LoadOptions;
const LOGIN_CONNECTIONS = 4;

/** What callers cost, by microseconds of processor time per answer, and how many sign-ins a core does in a second. */
export interface CallerCosts {
  readonly anonymous: number;
  readonly authenticated: number;
  /** The anonymous retrieve by the authenticated one: 1 when knowing callers costs nothing. */
  readonly share: number;
  readonly loginsPerSecondAndCore: number;
}

/** Measures a retrieve without and with a token of an algorithm, in turns, and sign-ins with argon2, on PostgreSQL. */
export async function costsOfCallers(
  algorithm: 'HS256' | 'EdDSA',
  profile?: string,
  options: Partial<LoadOptions> = {},
): Promise<CallerCosts> {
  await using database = await scratchDatabase();
  const env = { DATABASE_URL: database.url, AUTH_ALGORITHM: algorithm, ...(algorithm === 'EdDSA' && keyOfEdDsa()) };
  await using rival = await Rival.start(new URL('./accounts.server.ts', import.meta.url), env, profile);
  const token = await tokenOf(rival.url);
  const path = () => `/posts/${1 + Math.floor(Math.random() * 100)}`;
  const headers = { authorization: `Bearer ${token}` };
  const anonymous: Scenario = { name: 'anonymous retrieve', next: () => ({ path: path() }) };
  const authenticated: Scenario = { name: 'authenticated retrieve', next: () => ({ path: path(), headers }) };
  const login: Scenario = { name: 'login', method: 'POST', next: () => ({ path: '/auth/login', body: CREDENTIALS }) };

  const { rounds, ...pressure } = { ...LOAD, ...options };
  const run = (scenario: Scenario, connections = pressure.connections) =>
    load(algorithm, rival, scenario, { ...pressure, connections });
  await run(anonymous);
  await run(authenticated);
  const samples: { without: Measurement; withToken: Measurement }[] = [];
  for (let round = 0; round < rounds; round++) {
    samples.push({ without: await run(anonymous), withToken: await run(authenticated) });
  }
  const without = median(samples.map((sample) => sample.without.cpu));
  const withToken = median(samples.map((sample) => sample.withToken.cpu));
  const logins = await run(login, LOGIN_CONNECTIONS);
  return {
    anonymous: Math.round(without),
    authenticated: Math.round(withToken),
    share: Number((without / withToken).toFixed(2)),
    loginsPerSecondAndCore: Number((1e6 / logins.cpu).toFixed(1)),
  };
}

async function tokenOf(url: string): Promise<string> {
  const answer = await fetch(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(CREDENTIALS),
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (!token) throw new Error(`The sign-in was answered ${answer.status}.`);
  return token;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function keyOfEdDsa(): { readonly AUTH_SIGNING_KEY: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { AUTH_SIGNING_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
