import type { BenchOptions } from '../measure/bench-options.js';
import { compare, type Measurement, type Scenario } from '../measure/load.js';
import { Rival } from '../measure/rival.js';
import { scratchDatabase } from '../measure/scratch-database.js';
import { show, type Table } from '../measure/table.js';
import { createPostsTable, POST_COUNT } from './posts-table.js';
import { measureScaling, type Scaling } from './scaling.js';

const RAW = 'raw Fastify + pg';
const HAND_WRITTEN = 'Nest + MikroORM';
const OURS = 'ModelViewSet';

const SERVERS: ReadonlyMap<string, URL> = new Map([
  [RAW, new URL('raw-fastify.server.ts', import.meta.url)],
  [HAND_WRITTEN, new URL('nest-mikro-orm.server.ts', import.meta.url)],
  [OURS, new URL('core-viewset.server.ts', import.meta.url)],
]);

let sent = 0;

/** A post of every author in turn, and who that author is. */
function nextPost(): { readonly id: number; readonly authorization: string } {
  const id = ((++sent * 7) % POST_COUNT) + 1;
  return { id, authorization: `Bearer ${(id % 30) + 1}` };
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'retrieve', next: () => ({ path: `/posts/${nextPost().id}` }) },
  { name: 'list(20) with count', next: () => ({ path: '/posts?page=3' }) },
  { name: 'list(20) without count', next: () => ({ path: '/uncounted-posts?page=3' }) },
  {
    name: 'filtered, ordered list(20)',
    next: () => ({ path: '/posts?isPublished=true&viewsCount__gte=250&ordering=-viewsCount' }),
  },
  {
    // No two that wait for a connection at once count the same rows.
    name: 'filtered by a value of its own',
    next: () => ({ path: `/posts?isPublished=true&viewsCount__gte=${++sent % 500}&ordering=-viewsCount` }),
  },
  {
    name: 'create',
    method: 'POST',
    next: () => ({
      path: '/posts',
      headers: { authorization: 'Bearer 1' },
      body: { title: 'New', slug: `new-${process.pid}-${++sent}`, content: 'Text.', author: 1 },
    }),
  },
  {
    name: 'patch',
    method: 'PATCH',
    next: () => {
      const { id, authorization } = nextPost();
      return { path: `/posts/${id}`, headers: { authorization }, body: { title: `Title ${++sent}` } };
    },
  },
];

type Results = ReadonlyMap<string, ReadonlyMap<string, Measurement>>;

/** Compares a ModelViewSet with hand-written servers over one PostgreSQL database. */
export async function run(options: BenchOptions): Promise<void> {
  const { json, only } = options;
  const { results, processes } = await compareServers(options);
  const scaling = only.length ? undefined : await measureScaling();
  if (json) console.log(JSON.stringify({ results: plain(results), processes, scaling }, null, 2));
  else for (const table of [...tablesOf(results), ...furtherTables(processes, scaling)]) show(table, options);
}

async function compareServers({
  only,
  seconds = 2,
  rounds = 3,
  profile,
}: BenchOptions): Promise<{ results: Results; processes: Table['rows'] }> {
  await using database = await scratchDatabase();
  await createPostsTable(database.url);
  await using stack = new AsyncDisposableStack();
  const rivals = new Map<string, Rival>();
  for (const [name, file] of SERVERS) {
    rivals.set(name, stack.use(await Rival.start(file, { DATABASE_URL: database.url }, profile)));
  }
  const scenarios = SCENARIOS.filter(({ name }) => !only.length || only.some((part) => name.includes(part)));
  const results = await compare(rivals, scenarios, { rounds, seconds, connections: 32 });
  const processes: Table['rows'] = {};
  for (const [name, rival] of rivals) {
    const { memory } = await rival.usage();
    processes[name] = { 'boot ms': Math.round(rival.bootTime), 'memory MB': Math.round(memory / 2 ** 20) };
  }
  return { results, processes };
}

/** One table per scenario: each rival, and how its figures stand to those of the hand-written servers. */
function tablesOf(results: Results): Table[] {
  return [...results].map(([scenario, byRival]) => {
    const of = (rival: string, { rate, cpu }: Measurement) => {
      const other = byRival.get(rival);
      return other ? `${(rate / other.rate).toFixed(2)} (CPU ${(other.cpu / cpu).toFixed(2)})` : '';
    };
    const rows = [...byRival].map(([rival, measured]) => [
      rival,
      {
        'requests/s': Math.round(measured.rate),
        'CPU µs': Math.round(measured.cpu),
        'p50 ms': measured.p50,
        'p99 ms': measured.p99,
        'of raw': of(RAW, measured),
        'of hand-written': of(HAND_WRITTEN, measured),
      },
    ]);
    return { title: scenario, rows: Object.fromEntries(rows) as Table['rows'] };
  });
}

function furtherTables(processes: Table['rows'], scaling: Scaling | undefined): Table[] {
  return [
    { title: 'processes', rows: processes },
    ...(scaling
      ? [
          { title: 'rows per page, without count', rows: scaling.pageSizes },
          { title: 'registered ViewSets', rows: scaling.viewSets },
        ]
      : []),
  ];
}

function plain(results: Results): object {
  return Object.fromEntries([...results].map(([scenario, byRival]) => [scenario, Object.fromEntries(byRival)]));
}
