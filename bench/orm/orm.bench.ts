import { scratchDatabase } from '../measure/scratch-database.js';
import { createPostsTable } from '../viewset/posts-table.js';
import { type Contender, type Operation, OPERATIONS } from './contenders.js';
import { manageIt } from './entity-manager.contender.js';
import { sendIt } from './plain-pg.contender.js';
import { queryIt } from './query-set.contender.js';

const ROUNDS = 5;
const AT_ONCE = 8;

/** What one way of doing an operation took: the median of its rounds. */
interface Taken {
  /** Rows per second. */
  readonly rate: number;
  /** Processor time per operation, in microseconds. */
  readonly cpu: number;
}

type Results = Map<string, Map<string, Taken>>;

/** Compares QuerySets with MikroORM's EntityManager and with plain `pg`, in one process, by alternating rounds. */
export async function run({ json }: { json: boolean }): Promise<void> {
  await using database = await scratchDatabase();
  await createPostsTable(database.url);
  await using stack = new AsyncDisposableStack();
  const contenders = [
    stack.use(await queryIt(database.url)),
    stack.use(await manageIt(database.url)),
    stack.use(sendIt(database.url)),
  ];
  const results: Results = new Map();
  for (const operation of OPERATIONS) results.set(operation.name, await compare(contenders, operation));
  if (json)
    console.log(JSON.stringify(Object.fromEntries([...results].map(([name, by]) => [name, Object.fromEntries(by)]))));
  else print(results);
}

async function compare(contenders: readonly Contender[], operation: Operation): Promise<Map<string, Taken>> {
  const samples = new Map(contenders.map(({ name }): [string, Taken[]] => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const contender of contenders) {
      const taken = await measure(contender, operation, round);
      // The first one warms up.
      if (round >= 0) samples.get(contender.name)?.push(taken);
    }
  }
  return new Map([...samples].map(([name, taken]) => [name, median(taken)]));
}

async function measure(contender: Contender, { name, times }: Operation, round: number): Promise<Taken> {
  let next = 0;
  let rows = 0;
  const worker = async () => {
    while (next < times) rows += await contender.run(name, (round + 1) * times + next++);
  };
  const [started, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, times) }, worker));
  const { user, system } = process.cpuUsage(before);
  return { rate: rows / ((performance.now() - started) / 1000), cpu: (user + system) / times };
}

function median(samples: readonly Taken[]): Taken {
  const middle = samples.toSorted((a, b) => a.cpu - b.cpu)[Math.floor(samples.length / 2)];
  if (!middle) throw new Error('Nothing was measured.');
  return middle;
}

function print(results: Results): void {
  const table: Record<string, object> = {};
  for (const [operation, byName] of results) {
    const [ours, manager, plain] = [...byName.values()];
    if (!ours || !manager || !plain) continue;
    table[operation] = {
      'rows/s': Math.round(ours.rate),
      'CPU µs': Math.round(ours.cpu),
      'rows/s of em': (ours.rate / manager.rate).toFixed(2),
      'CPU of em': (manager.cpu / ours.cpu).toFixed(2),
      'rows/s of pg': (ours.rate / plain.rate).toFixed(2),
      'CPU of pg': (plain.cpu / ours.cpu).toFixed(2),
    };
  }
  console.log('QuerySet beside em.find/em.flush and plain pg: above 1 is faster, or needs less processor time');
  console.table(table);
}
