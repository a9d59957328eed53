import autocannon from 'autocannon';
import type { Rival } from './rival.js';

/** What is asked of every rival. */
export interface Scenario {
  readonly name: string;
  readonly method?: 'GET' | 'POST' | 'PATCH';
  /** The next request. */
  readonly next: () => ScenarioRequest;
}

/** One request of a scenario; a body is sent as JSON. */
interface ScenarioRequest {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** What one rival did in one scenario: the median of its rounds. */
export interface Measurement {
  /** Answers per second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the server per answer, in microseconds; other load on the machine changes it little. */
  readonly cpu: number;
}

/** How hard and how long each round loads a rival. */
export interface LoadOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Until the engine has compiled what the scenario runs: before, it would count as work on requests. */
const WARM_UP_SECONDS = 3;

/**
 * Loads every rival with every scenario, in alternating rounds so that the machine's moods hit all of them alike.
 * Answers the measurements by scenario, then by rival.
 */
export async function compare(
  rivals: ReadonlyMap<string, Rival>,
  scenarios: readonly Scenario[],
  { rounds, seconds, connections }: LoadOptions,
): Promise<Map<string, Map<string, Measurement>>> {
  const results = new Map<string, Map<string, Measurement>>();
  for (const scenario of scenarios) {
    const samples = new Map<string, Measurement[]>([...rivals.keys()].map((name) => [name, []]));
    for (const [name, rival] of rivals) await load(name, rival, scenario, { seconds: WARM_UP_SECONDS, connections });
    for (let round = 0; round < rounds; round++) {
      for (const [name, rival] of rivals) {
        samples.get(name)?.push(await load(name, rival, scenario, { seconds, connections }));
      }
    }
    results.set(scenario.name, new Map([...samples].map(([name, taken]) => [name, median(taken)])));
  }
  return results;
}

/** Loads one rival with one scenario. */
export async function load(
  name: string,
  rival: Rival,
  { method = 'GET', next, name: scenario }: Scenario,
  { seconds, connections }: Pick<LoadOptions, 'seconds' | 'connections'>,
): Promise<Measurement> {
  const setupRequest = (request: object) => {
    const { path, headers, body } = next();
    const described = body && { 'content-type': 'application/json' };
    return { ...request, path, headers: { ...headers, ...described }, ...(body && { body: JSON.stringify(body) }) };
  };
  const before = await rival.usage();
  const result = await autocannon({
    url: rival.url,
    method,
    duration: seconds,
    connections,
    requests: [{ setupRequest }],
  });
  const after = await rival.usage();
  const errors = result.errors + result.non2xx;
  if (errors > 0) throw new Error(`${name} failed ${errors} times in "${scenario}".`);
  return {
    rate: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpu: (after.cpu - before.cpu) / Math.max(1, result.requests.total),
  };
}

function median(samples: readonly Measurement[]): Measurement {
  const middle = samples.toSorted((a, b) => a.rate - b.rate)[Math.floor(samples.length / 2)];
  if (!middle) throw new Error('Nothing was measured.');
  return middle;
}
