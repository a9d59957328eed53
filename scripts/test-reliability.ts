/**
 * Does harm to running processes and counts what is lost and what is done twice:
 * `npm run test:reliability -- messaging [--only consumer-killed,drain] [--on redis] [--scale 0.5] [--json]`.
 *
 * Ends with 1 when anything was lost, done twice or went wrong, and under `REQUIRE_SERVICES=1` when a service is missing.
 */
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import {
  type FaultOptions,
  type FaultRow,
  type FaultSuite,
  isSurvived,
  runFaultTest,
} from '../test/reliability/fault-test.js';

const SUITES: Readonly<Record<string, (options: FaultOptions) => Promise<FaultSuite>>> = {
  messaging: async (options) => (await import('../test/reliability/messaging/messaging.suite.js')).open(options),
  tasks: async (options) => (await import('../test/reliability/tasks/tasks.suite.js')).open(options),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    on: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const listed = (text: string) => text.split(',').flatMap((name) => name.trim() || []);
const open = SUITES[positionals[0] ?? ''];
if (!open) {
  console.error(`Name a suite: ${Object.keys(SUITES).join(', ')}. For example: npm run test:reliability -- messaging`);
  process.exit(2);
}
const scale = Number(values.scale);
if (!(scale > 0 && scale <= 100)) {
  console.error(`--scale takes a number above 0 and up to 100, not "${values.scale}".`);
  process.exit(2);
}

const suite = await open({ scale, on: listed(values.on) });
const only = listed(values.only);
const unknown = only.filter((name) => !suite.tests.some((test) => test.name === name));
const rows: FaultRow[] = [];
try {
  for (const test of suite.tests) {
    if (only.length > 0 && !only.includes(test.name)) continue;
    if (!values.json) console.log(`${test.on}: ${test.fault} …`);
    const row = await runFaultTest(test);
    if (row.error !== undefined) console.error(`${row.on}: ${row.name}: ${row.error}`);
    rows.push(row);
  }
} finally {
  await suite[Symbol.asyncDispose]();
}
if (values.json) console.log(JSON.stringify(rows, undefined, 2));
else print(rows);
for (const service of suite.missing) console.error(`Not tested, because it does not run here: ${service}.`);
for (const name of unknown) console.error(`There is no test "${name}".`);
const isMissed = suite.missing.length > 0 && process.env.REQUIRE_SERVICES === '1';
const failed = rows.filter((row) => !isSurvived(row));
process.exit(failed.length > 0 || rows.length === 0 || unknown.length > 0 || isMissed ? 1 : 0);

function print(all: readonly FaultRow[]): void {
  const cells = all.map((row) => [
    row.on,
    row.name,
    String(row.messages ?? ''),
    String(row.lost ?? ''),
    String(row.duplicated ?? ''),
    row.recoverySeconds?.toFixed(1) ?? '',
    row.error ? 'FAILED' : (row.note ?? ''),
  ]);
  const head = ['on', 'fault', 'messages', 'lost', 'done twice', 'recovery s', 'seen'];
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  console.log(
    ['', line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map((row) => line(row))].join('\n'),
  );
}
