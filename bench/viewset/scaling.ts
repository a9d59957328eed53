import { load, type Scenario } from '../measure/load.js';
import { Rival } from '../measure/rival.js';
import { scratchDatabase } from '../measure/scratch-database.js';
import type { Table } from '../measure/table.js';
import { createPostsTable } from './posts-table.js';

const SERVER = new URL('core-viewset.server.ts', import.meta.url);
const LOAD = { seconds: 2, connections: 32 };

/** How the cost of a ModelViewSet grows, by page size and by number of ViewSets. */
export interface Scaling {
  readonly pageSizes: Table['rows'];
  readonly viewSets: Table['rows'];
}

/** Measures one server with ever longer pages, and servers with ever more ViewSets. */
export async function measureScaling(): Promise<Scaling> {
  await using database = await scratchDatabase();
  await createPostsTable(database.url);
  return { pageSizes: await measurePages(database.url), viewSets: await measureViewSets(database.url) };
}

async function measurePages(databaseUrl: string): Promise<Table['rows']> {
  await using rival = await Rival.start(SERVER, { DATABASE_URL: databaseUrl });
  const measured: Table['rows'] = {};
  // Without count, which takes as long for one row as for a hundred; and once the server has been warm for a while.
  const pagesOf = (size: number): Scenario => ({
    name: `page of ${size}`,
    next: () => ({ path: `/uncounted-posts?pageSize=${size}` }),
  });
  await load('ModelViewSet', rival, pagesOf(1), { ...LOAD, seconds: 3 });
  for (const size of [1, 20, 100]) {
    const scenario = pagesOf(size);
    await load('ModelViewSet', rival, scenario, { ...LOAD, seconds: 1 });
    const { rate, cpu } = await load('ModelViewSet', rival, scenario, LOAD);
    measured[size] = {
      'requests/s': Math.round(rate),
      'rows/s': Math.round(rate * size),
      'CPU µs/request': Math.round(cpu),
    };
  }
  return measured;
}

async function measureViewSets(databaseUrl: string): Promise<Table['rows']> {
  const measured: Table['rows'] = {};
  let first: { readonly bootTime: number; readonly cpu: number } | undefined;
  for (const count of [1, 50, 200]) {
    await using rival = await Rival.start(SERVER, { DATABASE_URL: databaseUrl, BENCH_VIEWSETS: String(count) });
    const { cpu: bootCpu } = await rival.usage();
    first ??= { bootTime: rival.bootTime, cpu: bootCpu };
    const scenario: Scenario = { name: `${count} ViewSets`, next: () => ({ path: '/posts/77' }) };
    await load('ModelViewSet', rival, scenario, { ...LOAD, seconds: 1 });
    const { rate, cpu } = await load('ModelViewSet', rival, scenario, LOAD);
    const { memory } = await rival.usage();
    const perExtra = (total: number) => (count > 1 ? Number((total / (count - 1)).toFixed(2)) : '');
    measured[count] = {
      'boot ms': Math.round(rival.bootTime),
      'boot ms per extra': perExtra(rival.bootTime - first.bootTime),
      'boot CPU ms per extra': perExtra((bootCpu - first.cpu) / 1000),
      'retrieve requests/s': Math.round(rate),
      'CPU µs/request': Math.round(cpu),
      'memory MB': Math.round(memory / 2 ** 20),
    };
  }
  return measured;
}
