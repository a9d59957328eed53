import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CoreSettings, loadSettings } from '@core-framework/config';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCommand } from 'create-core-app';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DATABASES = ['sqlite', 'postgres', 'mysql', 'mariadb', 'pglite'];
const BROKERS = ['memory', 'redis', 'rabbitmq', 'kafka'];

/** What shapes the code, in all combinations; each with a database and a package manager, so that every one of those is there. */
const LINES = ['--auth', '--no-auth'].flatMap((auth) =>
  ['', '--messaging'].flatMap((messaging) => ['', '--tasks'].map((tasks) => [auth, messaging, tasks])),
);
const CHOICES = [
  ...LINES.map(([auth = '', messaging = '', tasks = ''], index) => {
    const broker = messaging && `--messaging ${BROKERS[index % BROKERS.length]}`;
    const manager = ['npm', 'pnpm', 'yarn'][index % 3];
    return `${auth} ${broker} ${tasks} --db ${DATABASES[index % DATABASES.length]} --package-manager ${manager}`;
  }),
  '--minimal',
  '--minimal --messaging --tasks',
  ...BROKERS.map((broker) => `--no-auth --messaging ${broker}`),
];

let folder: string;
const nameOf = (index: number) => `project-${index}`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'project-choices-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const surroundings = { folder, isInteractive: false, note: () => undefined, print: () => undefined };
  for (const [index, choices] of CHOICES.entries()) {
    const words = [nameOf(index), '--no-install', '--no-git', ...choices.split(' ').filter(Boolean)];
    await createCommand('init', surroundings).exitOverride().parseAsync(words, { from: 'user' });
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string) => readFileSync(join(folder, path), 'utf8');

function run(line: string): void {
  const PATH = [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const [command = '', ...words] = line.split(' ');
  try {
    execFileSync(command, words, { cwd: folder, env: { ...process.env, PATH, NODE_OPTIONS: '' }, stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    throw new Error(`${line}:\n${stdout.toString()}${stderr.toString()}`, { cause: error });
  }
}

test('a project of every choice compiles by its own rules', () => {
  const extended = `./${nameOf(0)}/tsconfig.json`;
  for (const index of CHOICES.keys()) expect(read(`${nameOf(index)}/tsconfig.json`)).toBe(read(extended));
  const compilerOptions = { customConditions: ['@core-framework/source'], preserveSymlinks: false };
  const include = [...CHOICES.keys()].flatMap((index) => [`${nameOf(index)}/src`, `${nameOf(index)}/test`]);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: extended, compilerOptions, include }));
  run('tsc -p .');
}, 120_000);

test('and is linted and formatted', () => {
  run(`oxlint -c ${nameOf(0)}/.oxlintrc.json ${[...CHOICES.keys()].map(nameOf).join(' ')}`);
  run(`prettier --config ${nameOf(0)}/.prettierrc.json --check ${[...CHOICES.keys()].map(nameOf).join(' ')}`);
}, 120_000);

test.each(CHOICES.map((choices, index) => [choices, nameOf(index)]))(
  '%s has settings that are accepted',
  (choices, name) => {
    const settings = loadSettings(CoreSettings, { env: {}, envFile: join(folder, name, '.env') });
    expect(settings.isProduction).toBe(false);
    const broker = /--messaging (\w+)/.exec(choices)?.[1];
    if (broker !== undefined) expect(settings.messageBroker).toBe(broker);
  },
);
