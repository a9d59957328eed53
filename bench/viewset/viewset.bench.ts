import { compare, type Measurement, type Scenario } from '../measure/load.js';
import { Rival } from '../measure/rival.js';
import { scratchDatabase } from '../measure/scratch-database.js';
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
export async function run({ json }: { json: boolean }): Promise<void> {
  const { results, processes } = await compareServers();
  const scaling = await measureScaling();
  if (json) console.log(JSON.stringify({ results: plain(results), processes, scaling }, null, 2));
  else print(results, processes, scaling);
}

async function compareServers(): Promise<{ results: Results; processes: Record<string, object> }> {
  await using database = await scratchDatabase();
  await createPostsTable(database.url);
  await using stack = new AsyncDisposableStack();
  const rivals = new Map<string, Rival>();
  for (const [name, file] of SERVERS) {
    rivals.set(name, stack.use(await Rival.start(file, { DATABASE_URL: database.url })));
  }
  const results = await compare(rivals, SCENARIOS, { rounds: 3, seconds: 2, connections: 32 });
  const processes: Record<string, object> = {};
  for (const [name, rival] of rivals) {
    const { memory } = await rival.usage();
    processes[name] = { 'boot ms': Math.round(rival.bootTime), 'memory MB': Math.round(memory / 2 ** 20) };
  }
  return { results, processes };
}

function print(results: Results, processes: Record<string, object>, { pageSizes, viewSets }: Scaling): void {
  for (const [scenario, byRival] of results) {
    const of = (rival: string, { rate, cpu }: Measurement) => {
      const other = byRival.get(rival);
      return other ? `${(rate / other.rate).toFixed(2)} (CPU ${(other.cpu / cpu).toFixed(2)})` : '';
    };
    console.log(`\n${scenario}`);
    console.table(
      Object.fromEntries(
        [...byRival].map(([rival, measured]) => [
          rival,
          {
            'requests/s': Math.round(measured.rate),
            'CPU µs': Math.round(measured.cpu),
            'p50 ms': measured.p50,
            'p99 ms': measured.p99,
            'of raw': of(RAW, measured),
            'of hand-written': of(HAND_WRITTEN, measured),
          },
        ]),
      ),
    );
  }
  console.table(processes);
  console.log('\nRows per page');
  console.table(pageSizes);
  console.log('\nRegistered ViewSets');
  console.table(viewSets);
}

function plain(results: Results): object {
  return Object.fromEntries([...results].map(([scenario, byRival]) => [scenario, Object.fromEntries(byRival)]));
}
