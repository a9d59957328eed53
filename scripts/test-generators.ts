/**
 * Generates resources with every type and every two rules that go together into one project; compiles, lints and formats
 * it; makes one migration; runs all generated tests on SQLite and PostgreSQL; lints the OpenAPI document; and generates
 * all of it again, which must change nothing. `npm run test:generators -- --keep` leaves the project there,
 * `--resources 5` takes the first five, `--names User,Sample43` those, `--databases sqlite` leaves PostgreSQL out.
 */
import { parseArgs } from 'node:util';
import { runSchematic } from '@core-framework/schematics';
import { createTestDatabase } from '@core-framework/testing';
import { GeneratedProject } from '../test/support/generated-project.js';
import { resourceMatrix } from './generators/resource-matrix.js';

const { values } = parseArgs({
  options: {
    resources: { type: 'string' },
    names: { type: 'string' },
    keep: { type: 'boolean', default: false },
    databases: { type: 'string', default: 'sqlite,postgresql' },
  },
});
const SERVERS: Readonly<Record<string, string>> = {
  sqlite: 'sqlite://',
  postgresql: process.env.TEST_POSTGRES_URL ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
};
const requests = resourceMatrix()
  .filter(({ name }) => values.names?.split(',').includes(name) ?? true)
  .slice(0, values.resources === undefined ? undefined : Number(values.resources));
const project = new GeneratedProject();
const repository = process.cwd();
let failed = false;

async function step(name: string, work: () => string | Promise<string>): Promise<void> {
  const start = performance.now();
  try {
    const said = await work();
    console.log(`ok   ${name} (${((performance.now() - start) / 1000).toFixed(1)} s) ${said}`);
  } catch (error) {
    failed = true;
    console.log(`FAIL ${name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

function command(name: string, parameters: readonly string[], env?: Readonly<Record<string, string>>): string {
  const { status, output } = project.run(name, parameters, env);
  if (status !== 0) throw new Error(output.slice(-8000));
  return output.trim().split('\n').at(-1) ?? '';
}

async function generateAll(): Promise<number> {
  process.chdir(project.folder);
  try {
    let changed = 0;
    for (const request of requests) {
      const { changes } = await runSchematic({
        folder: project.folder,
        schematic: 'core-resource',
        options: { ...request, migration: false },
      });
      changed += changes.length;
    }
    return changed;
  } finally {
    process.chdir(repository);
  }
}

async function migrate(): Promise<string> {
  process.chdir(project.folder);
  try {
    const { messages } = await runSchematic({
      folder: project.folder,
      schematic: 'core-migration',
      options: { name: 'matrix' },
    });
    return messages[0]?.split('\n')[0] ?? '';
  } finally {
    process.chdir(repository);
  }
}

async function testOn(kind: string): Promise<string> {
  const { status, output } = project.test(['--silent'], { TEST_DATABASE_URL: SERVERS[kind] ?? '' });
  const summary = /^Tests:.*$/m.exec(output)?.[0] ?? '';
  if (status !== 0) throw new Error(`${summary}\n${output.slice(0, 12_000)}`);
  return summary;
}

/** Starts the application and lints what it says of itself. */
async function lintDocument(): Promise<string> {
  const script = `
    import 'reflect-metadata';
    import { writeFileSync } from 'node:fs';
    import { CoreFactory } from '@core-framework/platform';
    import { AppModule } from './src/app.module.ts';
    const app = await CoreFactory.create(AppModule, { logger: false });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const { body } = await app.getHttpAdapter().getInstance().inject('/openapi.json');
    writeFileSync('openapi.json', body);
    await app.close();
    process.exit(0);`;
  project.write('document.ts', script);
  await using database = await createTestDatabase();
  const parameters = [
    '--conditions=@core-framework/source',
    '--import',
    `${repository}/scripts/source-loader.mjs`,
    'document.ts',
  ];
  command(process.execPath, parameters, { DATABASE_URL: database.url });
  const lint = project.run('redocly', ['lint', 'openapi.json'], {
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  });
  if (lint.status !== 0) throw new Error(lint.output.slice(-6000));
  return /^.*\bis valid\b.*$/m.exec(lint.output)?.[0]?.trim() ?? '';
}

console.log(
  `${requests.length} resources with ${requests.flatMap(({ fields }) => fields).length} fields in ${project.folder}`,
);
// The matrix follows from the grammar alone, so this table is all that it takes to see a run again.
for (const { name, fields, ...options } of requests) {
  console.log(`  ${name} ${JSON.stringify(options)}\n    ${fields.join('\n    ')}`);
}
await step('generate', async () => `${await generateAll()} files`);
await step('migration', migrate);
await step('compile', () => command('tsc', ['--noEmit', '-p', '.']));
await step('lint', () => command('oxlint', ['--type-aware', 'src', 'test']));
await step('format', () => command('prettier', ['--check', 'src', 'test']));
for (const kind of values.databases.split(',')) await step(`tests on ${kind}`, () => testOn(kind));
await step('OpenAPI', lintDocument);
await step('generate again', async () => {
  const changed = await generateAll();
  if (changed > 0) throw new Error(`${changed} files changed.`);
  return 'nothing changed';
});
if (values.keep) console.log(`kept in ${project.folder}`);
else project[Symbol.dispose]();
process.exitCode = failed ? 1 : 0;
