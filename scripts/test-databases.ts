/**
 * Runs the suites that every database has to pass, one database after the other, and prints how each did.
 *
 * `TEST_DATABASES` narrows the choice, and arguments name fewer suites: `npm run test:db -- querysets/ transactions/`; servers are found by `TEST_POSTGRES_URL`, `TEST_MARIADB_URL` and
 * `TEST_MYSQL_URL`. One that does not answer is reported, and an error under `REQUIRE_SERVICES=1`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every suite of the ORM that touches a database and is not about one of them only. */
const SUITES = [
  'connections',
  'errors/',
  'fields/canonical-values',
  'fixtures/',
  'migrations/(every-database|kept-rows|migration-life|migration\\.service|models|random-walks|two-processes)',
  'models/(composite-keys|instances|model-constraints|sent-statements|soft-delete)',
  'querysets/',
  'seeding/',
  'services/',
  'transactions/',
]
  .map((suite) => `libs/orm/src/${suite}`)
  // And the sample application, over HTTP.
  .concat('test/(posts|comments-and-tags|reading)\\.e2e-spec');
const chosen = process.argv.length > 2 ? process.argv.slice(2) : SUITES;

const SERVERS: Readonly<Record<string, string>> = {
  postgresql: process.env.TEST_POSTGRES_URL ?? 'postgresql://127.0.0.1:5432',
  mariadb: process.env.TEST_MARIADB_URL ?? 'mariadb://127.0.0.1:3306',
  ...(process.env.TEST_MYSQL_URL && { mysql: process.env.TEST_MYSQL_URL }),
};
const PORTS: Readonly<Record<string, number>> = { postgresql: 5432, mariadb: 3306, mysql: 3306 };

interface Outcome {
  readonly database: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

function answers(database: string): Promise<boolean> {
  const server = SERVERS[database];
  if (server === undefined) return Promise.resolve(true);
  const { hostname, port } = new URL(server);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || PORTS[database]), timeout: 2000 });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function run(database: string, folder: string): Outcome {
  const report = join(folder, `${database}.json`);
  const started = performance.now();
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const patterns = chosen.map((suite) => `--testPathPatterns=${suite}`);
  const jest = [
    ...patterns,
    '--selectProjects',
    'unit',
    'e2e',
    '--json',
    `--outputFile=${report}`,
    '--testTimeout=60000',
  ];
  const { status } = spawnSync(process.execPath, [...flags, ...jest], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, TEST_DATABASES: database },
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  try {
    const found = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
    const failed = found.numFailedTests + found.numRuntimeErrorTestSuites;
    return { database, passed: found.numPassedTests, failed, skipped: found.numPendingTests, seconds };
  } catch {
    return { database, passed: 0, failed: Math.max(1, status ?? 1), skipped: 0, seconds };
  }
}

const wanted = (process.env.TEST_DATABASES ?? ['sqlite', 'postgresql', 'mariadb', 'pglite', 'mysql'].join())
  .split(',')
  .filter((database) => database !== 'mysql' || process.env.TEST_MYSQL_URL !== undefined);
const folder = mkdtempSync(join(tmpdir(), 'test-databases-'));
const outcomes: Outcome[] = [];
const missing: string[] = [];
try {
  for (const database of wanted) {
    if (await answers(database)) outcomes.push(run(database, folder));
    else missing.push(database);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.table(Object.fromEntries(outcomes.map(({ database, ...counts }) => [database, counts])));
if (missing.length > 0) console.error(`No server answered for ${missing.join(', ')}.`);
const isMissed = missing.length > 0 && process.env.REQUIRE_SERVICES === '1';
process.exitCode = isMissed || outcomes.some(({ failed, passed }) => failed > 0 || passed === 0) ? 1 : 0;
