import autocannon from 'autocannon';

/** What is asked of every rival. */
export interface Scenario {
  readonly name: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: () => string;
}

/** What one rival did in one scenario: the median of its rounds. */
export interface Measurement {
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
}

/** How hard and how long each round loads a rival. */
export interface LoadOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/**
 * Loads every rival with every scenario, in alternating rounds so that the machine's moods hit all of them alike.
 * Answers the measurements by scenario, then by rival.
 */
export async function compare(
  rivals: ReadonlyMap<string, string>,
  scenarios: readonly Scenario[],
  { rounds, seconds, connections }: LoadOptions,
): Promise<Map<string, Map<string, Measurement>>> {
  const results = new Map<string, Map<string, Measurement>>();
  for (const scenario of scenarios) {
    const samples = new Map<string, Measurement[]>([...rivals.keys()].map((rival) => [rival, []]));
    for (const [rival, url] of rivals) await load(url, scenario, { seconds: 1, connections, rival });
    for (let round = 0; round < rounds; round++) {
      for (const [rival, url] of rivals) {
        samples.get(rival)?.push(await load(url, scenario, { seconds, connections, rival }));
      }
    }
    results.set(scenario.name, new Map([...samples].map(([rival, taken]) => [rival, median(taken)])));
  }
  return results;
}

async function load(
  url: string,
  { method = 'GET', path, headers, body, name }: Scenario,
  { seconds, connections, rival }: { seconds: number; connections: number; rival: string },
): Promise<Measurement> {
  const result = await autocannon({
    url: url + path,
    method,
    duration: seconds,
    connections,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { requests: [{ setupRequest: (request: object) => ({ ...request, body: body() }) }] }),
  });
  const errors = result.errors + result.non2xx;
  if (errors > 0) throw new Error(`${rival} failed ${errors} times in "${name}".`);
  return { rate: result.requests.average, p50: result.latency.p50, p99: result.latency.p99, errors };
}

function median(samples: readonly Measurement[]): Measurement {
  const middle = samples.toSorted((a, b) => a.rate - b.rate)[Math.floor(samples.length / 2)];
  if (!middle) throw new Error('Nothing was measured.');
  return middle;
}
