/**
 * Proves that a Nest project that was not made by this framework takes it up by one command: makes projects as `nest new`
 * does, on Express and on Fastify, installs the packed packages by `nest add` from a registry of its own, generates a
 * resource, and builds, lints, tests, starts and calls it. Needs `npm run build` first, and the network for other packages.
 * `npm run test:nest-add -- --keep` leaves the projects there, `--on fastify` makes one of them only.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ServingProcess } from '../test/support/serving-process.js';
import { callSixRoutes, SIX_SUCCESSES } from '../test/support/six-routes.js';
import { LocalRegistry } from './packages/local-registry.js';
import { pack, PACKAGES, ROOT } from './packages/packed-packages.js';

const { values } = parseArgs({
  options: { keep: { type: 'boolean', default: false }, on: { type: 'string', default: 'express,fastify' } },
});
const workplace = mkdtempSync(join(tmpdir(), 'core-nest-add-'));
const POST = 'title:string:required,max:200 body:text price:money:ge:0 status:enum(draft|live):default:draft';
const FASTIFY_IMPORT = "import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';";
const PASSWORD = 'correct horse battery';

try {
  const tarballs = join(workplace, 'tarballs');
  mkdirSync(tarballs);
  await using registry = await LocalRegistry.start(PACKAGES.map((folder) => pack(folder, tarballs)));
  for (const platform of values.on.split(',')) await prove(platform, registry);
} finally {
  if (values.keep) console.log(`kept in ${workplace}`);
  else rmSync(workplace, { recursive: true, force: true });
}

async function prove(platform: string, { url: npm_config_registry }: LocalRegistry): Promise<void> {
  const name = `on-${platform}`;
  await run('nest', ['new', name, '--skip-install', '--skip-git', '-p', 'npm', '--no-observe'], workplace);
  const folder = join(workplace, name);
  if (platform === 'fastify') moveToFastify(folder);
  const said = async (command: string, ...parameters: string[]) => {
    const start = performance.now();
    await run(command, parameters, folder, { npm_config_registry });
    console.log(
      `${platform}: ${[command, ...parameters].join(' ')} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
    );
  };
  await said('npm', 'install', '--no-audit', '--no-fund', '--prefer-offline');
  await said('npm', 'run', 'format');
  await said('npm', 'run', 'test:e2e');
  await said('npx', 'nest', 'add', '@core-framework/schematics', '--auth');
  await said('npx', 'nest', 'g', 'core-resource', 'Post', '--type', POST);
  await said(
    'npx',
    'core',
    'g',
    'resource',
    'Comment',
    '-f',
    'text:text',
    '-f',
    'post:belongsTo:Post',
    '--owner',
    'author',
  );
  for (const script of ['build', 'lint', 'test', 'test:e2e']) await said('npm', 'run', script);
  await said('npx', 'prettier', '--check', 'src', 'test');
  await using server = new ServingProcess('npm', ['run', 'start:prod'], { cwd: folder, env: process.env });
  const origin = await server.url();
  const token = await signIn(`${origin}/api/v1/auth`);
  const statuses = await callSixRoutes({
    url: `${origin}/api/v1/posts`,
    body: { title: 'First', body: 'Text', price: '9.50' },
    change: { title: 'Changed' },
    headers: { authorization: `Bearer ${token}` },
  });
  if (statuses.join() !== SIX_SUCCESSES.join()) throw new Error(`The six routes answered ${statuses.join()}.`);
  console.log(`${platform}: started, ${statuses.join(' ')}`);
}

/** What Nest's documentation says to do for Fastify. */
function moveToFastify(folder: string): void {
  const manifest = join(folder, 'package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('platform-express', 'platform-fastify'));
  const main = join(folder, 'src/main.ts');
  const text = readFileSync(main, 'utf8')
    .replace("from '@nestjs/core';", `from '@nestjs/core';\n${FASTIFY_IMPORT}`)
    .replace(
      'NestFactory.create(AppModule)',
      'NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter())',
    );
  writeFileSync(main, text);
  const test = join(folder, 'test/app.e2e-spec.ts');
  writeFileSync(
    test,
    readFileSync(test, 'utf8')
      .replace("from '@nestjs/common';", `from '@nestjs/common';\n${FASTIFY_IMPORT}`)
      .replace('let app: INestApplication<App>', 'let app: NestFastifyApplication')
      .replace(
        'moduleFixture.createNestApplication()',
        'moduleFixture.createNestApplication<NestFastifyApplication>(new FastifyAdapter())',
      )
      .replace('await app.init();', 'await app.init();\n    await app.getHttpAdapter().getInstance().ready();'),
  );
}

async function signIn(auth: string): Promise<string> {
  const account = { email: 'ann@example.com', password: PASSWORD };
  const send = (path: string) =>
    fetch(`${auth}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    });
  await send('register');
  const { access_token: token } = (await (await send('login')).json()) as { access_token: string };
  return token;
}

/** Not synchronously: the registry is in this process. */
async function run(
  command: string,
  parameters: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const path = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(command, parameters, { cwd, env: { ...process.env, NODE_OPTIONS: '', PATH: path, ...env } });
  child.stdin.end();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status === 0) return;
  throw new Error(`${[command, ...parameters].join(' ')} ended with ${status} in ${cwd}:\n${said}`);
}
