import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { compare, type Measurement, type Scenario } from '../measure/load.js';
import { Rival } from '../measure/rival.js';
import { createPostsTable, POST_COUNT } from './posts-table.js';

const POSTGRES_URL = process.env.BENCH_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres';
const BASELINE = 'raw Fastify + pg';
const OURS = 'ModelViewSet';

const SERVERS: ReadonlyMap<string, URL> = new Map([
  [BASELINE, new URL('raw-fastify.server.ts', import.meta.url)],
  [OURS, new URL('core-viewset.server.ts', import.meta.url)],
]);

let created = 0;

const SCENARIOS: readonly Scenario[] = [
  { name: 'retrieve', path: `/posts/${POST_COUNT / 2}` },
  { name: 'list(20) with count', path: '/posts?page=3' },
  {
    name: 'create',
    method: 'POST',
    path: '/posts',
    body: () => JSON.stringify({ title: 'New', slug: `new-${process.pid}-${++created}`, content: 'Text.', author: 1 }),
  },
  { name: 'patch', method: 'PATCH', path: '/posts/7', body: () => JSON.stringify({ title: `Title ${++created}` }) },
];

/** Compares a ModelViewSet with hand-written Fastify over one PostgreSQL database. */
export async function run({ json }: { json: boolean }): Promise<void> {
  await using database = await scratchDatabase();
  await createPostsTable(database.url);
  await using stack = new AsyncDisposableStack();
  const rivals = new Map<string, Rival>();
  for (const [name, file] of SERVERS) {
    rivals.set(name, stack.use(await Rival.start(file, { DATABASE_URL: database.url })));
  }
  const urls = new Map([...rivals].map(([name, { url }]) => [name, url]));
  const results = await compare(urls, SCENARIOS, { rounds: 3, seconds: 4, connections: 32 });
  const boot = new Map([...rivals].map(([name, { bootTime }]) => [name, Math.round(bootTime)]));
  if (json) console.log(JSON.stringify({ boot: Object.fromEntries(boot), results: plain(results) }, null, 2));
  else print(results, boot);
}

function print(
  results: ReadonlyMap<string, ReadonlyMap<string, Measurement>>,
  boot: ReadonlyMap<string, number>,
): void {
  for (const [scenario, byRival] of results) {
    const baseline = byRival.get(BASELINE)?.rate ?? Number.NaN;
    console.table(
      Object.fromEntries(
        [...byRival].map(([rival, { rate, p50, p99 }]) => [
          `${scenario}: ${rival}`,
          { 'requests/s': Math.round(rate), 'p50 ms': p50, 'p99 ms': p99, 'of raw': (rate / baseline).toFixed(2) },
        ]),
      ),
    );
  }
  console.table(Object.fromEntries([...boot].map(([rival, time]) => [rival, { 'ms from start to ready': time }])));
}

function plain(results: ReadonlyMap<string, ReadonlyMap<string, Measurement>>): object {
  return Object.fromEntries([...results].map(([scenario, byRival]) => [scenario, Object.fromEntries(byRival)]));
}

async function scratchDatabase(): Promise<AsyncDisposable & { readonly url: string }> {
  const name = `core_bench_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query(`create database ${name}`);
  const url = new URL(POSTGRES_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.end();
    },
  };
}
