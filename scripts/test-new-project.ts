/**
 * Walks the way of somebody who is new, from the tarballs that would be published: makes a project, generates a resource,
 * serves it and posts to it, and says how long that took. Then looks whether the project is as good as it says, deploys
 * another one by the files that `core deploy` makes, and runs what is in its image. Needs `npm run build`, PostgreSQL and
 * Redis; prints times and asserts none.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import pg from 'pg';
import { parse } from 'yaml';
import { buildImage, type BuiltImage, handOver } from './new-project/image.js';
import { packAll } from './new-project/pack.js';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'new-project-'));
chmodSync(folder, 0o755);
const packages = join(folder, 'packages');
mkdirSync(packages);
const SOURCES = ['--import', join(import.meta.dirname, 'source-loader.mjs')];
const PIPED: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
/** Long enough for any machine; what takes longer hangs. */
const PATIENCE_MS = 180_000;
const started = new Set<ChildProcess>();
/** Not root, as in the image; where only root may change that, it is who runs this. */
const USER = process.getuid?.() === 0 ? 65_534 : undefined;
/** That of whoever is new: without the programs of this repository, and without what npm tells its scripts. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('npm_') && name !== 'INIT_CWD'),
  ),
  PATH: [
    dirname(process.execPath),
    ...(process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.startsWith(root)),
  ].join(delimiter),
  AUTH_PASSWORD_HASHER: 'scrypt',
  npm_config_prefer_offline: 'true',
};

try {
  const tarballs = packAll(packages);
  console.log(`packed ${tarballs.size} packages; entries, templates and nothing else are in them`);
  await newcomer(tarballs.get('create-core-app') ?? '');
  checkProject(join(folder, 'blog'));
  checkGlobalCommand([...tarballs.values()], join(folder, 'blog'));
  await deployed();
  console.log('1 passed, 0 failed');
} finally {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** What somebody types who wants a resource of his own, and how long each takes. */
async function newcomer(creator: string): Promise<void> {
  const typed: string[] = [];
  const times: Record<string, number> = {};
  const timed = async <T>(line: string, work: () => T | Promise<T>): Promise<T> => {
    typed.push(line);
    const start = performance.now();
    const result = await work();
    times[line] = performance.now() - start;
    return result;
  };
  let install = 0;
  await timed('npm create core-app blog -- --yes', async () => {
    const words = ['exec', '--yes', `--package=file:${creator}`, '--', 'create-core-app', 'blog', '--yes'];
    const child = spawn('npm', [...words, '--packages', packages], { cwd: folder, env: ENVIRONMENT, stdio: PIPED });
    install = await installTime(child);
  });
  await timed('cd blog', () => undefined);
  const project = join(folder, 'blog');
  const resource = 'core g resource Post -f title:string:required,max:200 -f body:text -m';
  await timed(`npx ${resource}`, () => run('npx', resource.split(' '), project));
  const [server, origin] = await timed('npm start', async () => serve(project));
  const start = performance.now();
  await post(origin);
  times['POST'] = performance.now() - start;
  await stop(server);
  const total = Object.values(times).reduce((sum, time) => sum + time, 0);
  for (const [line, time] of Object.entries(times)) console.log(`  ${seconds(time).padStart(6)}  ${line}`);
  console.log(
    `from nothing to POST 201: ${typed.length} commands, no edits, no questions, ${seconds(total)}; ` +
      `${seconds(total - install)} without the installation of packages`,
  );
}

/** Waits for the creator to end, and answers how much of it was spent on installing packages. */
async function installTime(child: ChildProcess): Promise<number> {
  let said = '';
  let begun = 0;
  let ended = 0;
  child.stderr?.on('data', (piece: Buffer) => {
    said += piece.toString();
    if (!begun && said.includes('Installing packages')) begun = performance.now();
    if (!ended && said.includes('Writing the first migration')) ended = performance.now();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The project was not made (${code}):\n${said}`);
  return ended - begun;
}

async function serve(project: string): Promise<[ChildProcess, string]> {
  const env = { ...ENVIRONMENT, HOST: '127.0.0.1', PORT: '0' };
  // As somebody at a terminal would be asked to: nothing is there to answer.
  const server = spawn('npm', ['start'], { cwd: project, env, stdio: PIPED, detached: true });
  started.add(server);
  let said = '';
  server.stderr?.on('data', (piece: Buffer) => (said += piece.toString()));
  for await (const piece of server.stdout ?? []) {
    said += String(piece);
    const found = /http:\/\/\S+(?=\/api\/v1)/.exec(said);
    if (!found) continue;
    server.stdout?.resume();
    return [server, found[0]];
  }
  throw new Error(`It ended before it listened:\n${said}`);
}

/** Registers, signs in and makes a post. */
async function post(origin: string): Promise<void> {
  const send = async (path: string, body: object, token = '') => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${origin}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };
  const account = { email: 'ann@example.com', password: 'correct horse battery' };
  await send('auth/register', account);
  const { body } = await send('auth/login', account);
  const made = await send('posts', { title: 'First', body: 'Text' }, body['access_token']);
  if (made.status !== 201) throw new Error(`POST answered ${made.status}: ${JSON.stringify(made.body)}`);
}

async function stop(server: ChildProcess): Promise<void> {
  const ended = once(server, 'close');
  if (server.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
  await ended;
  started.delete(server);
}

/** A project is worth something only if its own checks pass as it comes. */
function checkProject(project: string): void {
  for (const script of ['lint', 'typecheck', 'build', 'test']) {
    const start = performance.now();
    run('npm', ['run', script], project);
    console.log(`  ${seconds(performance.now() - start).padStart(6)}  npm run ${script}`);
  }
  run('npx', ['core', 'makemigrations', '--check'], project);
  run('npx', ['core', 'doctor', '--json'], project);
}

/** `core` that is installed for all projects runs the one that a project has. */
function checkGlobalCommand(tarballs: readonly string[], project: string): void {
  const prefix = join(folder, 'global');
  run('npm', ['install', '--global', '--prefix', prefix, '--ignore-scripts', ...tarballs], folder);
  const core = join(prefix, 'bin', 'core');
  const file = join(project, 'node_modules/@core-framework/cli/package.json');
  const manifest = readFileSync(file, 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  writeFileSync(file, manifest.replace(`"version": "${version}"`, '"version": "0.0.1-of-the-project"'));
  expectSame(run(core, ['--version'], join(project, 'src')).trim(), '0.0.1-of-the-project');
  expectSame(run(core, ['--version'], folder).trim(), version);
  writeFileSync(file, manifest);
  run(core, ['routes', '--json'], project);
  console.log('core of a global installation runs the version of the project');
}

/** Makes a project with everything, its deployment files, and its image; runs each process by its command. */
async function deployed(): Promise<void> {
  const project = join(folder, 'shop');
  const init = [
    'core',
    'init',
    join(folder, 'shop'),
    '--yes',
    '--messaging',
    'redis',
    '--tasks',
    '--packages',
    packages,
  ];
  run('npx', init, join(folder, 'blog'));
  checkProject(project);
  run('npx', ['core', 'deploy', 'all'], project);
  run('npm', ['run', 'lint'], project);
  const again = JSON.parse(run('npx', ['core', 'deploy', 'all', '--json'], project)) as {
    files: { outcome: string }[];
  };
  if (again.files.some(({ outcome }) => outcome !== 'identical'))
    throw new Error('Deployment files changed by themselves.');

  const start = performance.now();
  // Registries that serve this platform's packages alone leave the lock incomplete, which "npm ci" refuses.
  run(process.execPath, [...SOURCES, join(root, 'scripts/complete-lock.ts'), join(project, 'package-lock.json')], root);
  const image = buildImage(join(project, 'Dockerfile'), project, folder, ENVIRONMENT);
  handOver(image, USER);
  console.log(`  ${seconds(performance.now() - start).padStart(6)}  what the Dockerfile says`);
  for (const unwanted of ['node_modules/jest', 'node_modules/typescript', 'src', '.env', 'test']) {
    if (existsSync(join(image.folder, unwanted))) throw new Error(`The image has ${unwanted}.`);
  }
  const database = `new_project_${process.pid}`;
  await onServer(`create database ${database}`);
  try {
    await runCompose(image, join(project, 'compose.yml'), database);
  } finally {
    await onServer(`drop database if exists ${database} with (force)`);
  }
}

interface ComposeService {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, object>>;
}

/** Starts the services of the application as compose would: migrations first, then all others, until they say they are well. */
async function runCompose(image: BuiltImage, file: string, database: string): Promise<void> {
  const { services } = parse(readFileSync(file, 'utf8'), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  const given: Record<string, string> = {
    SECRET_KEY: 'k3Vq8ZpX2mN7rT4wY9bC6dF1gH5jL0sA',
    DB_PASSWORD: 'postgres',
    DB_USER: 'postgres',
    DB_NAME: database,
  };
  const settingsOf = (service: ComposeService) =>
    Object.fromEntries(
      Object.entries(service.environment).map(([name, value]) => [
        name,
        value
          .replaceAll(
            /\$\{(\w+):[?-]([^}]*)\}/g,
            (_, variable: string, standard: string) => given[variable] ?? standard,
          )
          .replace(/^database$/, name === 'DB_HOST' ? '127.0.0.1' : '$&')
          .replace('//redis:', '//127.0.0.1:'),
      ]),
    );
  const { migrate, ...others } = services;
  if (!migrate) throw new Error('There is no migrate service.');
  const first = start(image, migrate.command, settingsOf(migrate));
  expectSame((await first.ended).code, 0, first.said);

  const roles = Object.keys(others).filter((name) => 'migrate' in (others[name]?.depends_on ?? {}));
  expectSame(roles.join(), 'api,worker,scheduler,consumer');
  const running = [];
  for (const role of roles) {
    const service = others[role] as ComposeService;
    const port = await freePort();
    const settings = { ...settingsOf(service), [role === 'api' ? 'PORT' : 'HEALTH_PORT']: String(port) };
    running.push({ role, port, settings, process: start(image, service.command, settings) });
  }
  for (const { role, port, settings, process: child } of running) {
    // The command of the image's health check, until it says yes: a process that fails has ended by itself.
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await isHealthy(image, settings))) {
      if (child.hasEnded() || Date.now() > deadline) throw new Error(`${role} is not well:\n${child.said()}`);
    }
    expectSame((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 200, child.said);
    console.log(`  ${role} is well`);
  }
  for (const { role, process: child } of running) {
    child.kill('SIGTERM');
    expectSame(`${role} ${(await child.ended).code}`, `${role} 0`, child.said);
  }
}

function start(image: BuiltImage, command: readonly string[], settings: Readonly<Record<string, string>>) {
  const [program = '', ...words] = command;
  const child = spawn(program, words, {
    cwd: image.folder,
    env: { ...image.environment, ...settings },
    stdio: PIPED,
    ...(USER !== undefined && { uid: USER, gid: USER }),
  });
  started.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => (said += piece.toString()));
  const ended = once(child, 'close').then(([code]) => {
    started.delete(child);
    return { code: code as number | null };
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return { ended, hasEnded, said: () => said, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

async function isHealthy(image: BuiltImage, settings: Readonly<Record<string, string>>): Promise<boolean> {
  return (await start(image, image.healthcheck, settings).ended).code === 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client('postgresql://postgres:postgres@127.0.0.1:5432/postgres');
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function run(command: string, words: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, words, { cwd, env: ENVIRONMENT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${words.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

function expectSame(found: unknown, wanted: unknown, said = () => ''): void {
  if (found !== wanted) throw new Error(`Found ${String(found)} instead of ${String(wanted)}.\n${said()}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
