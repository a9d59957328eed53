import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Deployment } from '../deployment/deployment.js';
import { missingPackages } from '../deployment/read-deployment.js';
import type { Project } from '../project/project.js';
import { ScratchProject } from '../testing/scratch-project.js';

let project: ScratchProject;
beforeAll(() => {
  project = new ScratchProject();
});
afterAll(() => project[Symbol.dispose]());

interface Deployed {
  readonly database: string;
  readonly files: readonly { path: string; outcome: string }[];
  readonly processes: readonly string[];
  readonly missingPackages: readonly string[];
}
const deploy = async (line: string) => {
  const { code, out, err } = await project.core(`deploy ${line} --json`);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Deployed;
};
const outcomes = async (line: string) =>
  Object.fromEntries((await deploy(line)).files.map(({ path, outcome }) => [path, outcome]));
const fileAt = (path: string) => join(project.folder, path);

test('files are written once, equal ones stay, and edited ones stay unless that is forced', async () => {
  const docker = ['Dockerfile', '.dockerignore', 'compose.yml'];
  const all = (outcome: string) => Object.fromEntries(docker.map((path) => [path, outcome]));
  expect(await outcomes('docker --dry-run')).toEqual(all('created'));
  expect(existsSync(fileAt('Dockerfile'))).toBe(false);
  expect(await outcomes('docker')).toEqual(all('created'));
  // TypeScript and the generators stay with "--omit=dev", since packages may use them where they are.
  expect(readFileSync(fileAt('Dockerfile'), 'utf8')).toMatch(
    /--omit=dev && npm pkg delete devDependencies && npm prune/,
  );
  expect(await outcomes('docker')).toEqual(all('identical'));

  const made = readFileSync(fileAt('compose.yml'), 'utf8');
  writeFileSync(fileAt('compose.yml'), `${made}# mine\n`);
  expect(await outcomes('compose')).toEqual({ 'compose.yml': 'kept' });
  expect((await project.core('deploy compose')).out).toMatch(/^KEPT compose\.yml \(.*--force/);
  expect(readFileSync(fileAt('compose.yml'), 'utf8')).toContain('# mine');
  expect(await outcomes('compose --force')).toEqual({ 'compose.yml': 'overwritten' });
  expect(readFileSync(fileAt('compose.yml'), 'utf8')).toBe(made);
});

test('an application without events and tasks is deployed as an API on a server of its kind of database', async () => {
  expect(await deploy('all --dry-run')).toMatchObject({ database: 'postgresql', processes: ['api'] });
  const url = process.env['DATABASE_URL'];
  process.env['DATABASE_URL'] = 'mysql://ann:hunter22@127.0.0.1:1/shop';
  try {
    // Nothing is asked of the database, and no secret of the settings gets into a file.
    expect(await deploy('all --force')).toMatchObject({ database: 'mysql' });
    for (const path of ['compose.yml', 'k8s/kustomization.yaml', 'ecosystem.config.cjs']) {
      expect(readFileSync(fileAt(path), 'utf8')).not.toContain('hunter22');
    }
  } finally {
    process.env['DATABASE_URL'] = url;
  }
});

test('folders, images and hosts are as they are named, and what is no such is refused', async () => {
  expect(Object.keys(await outcomes('docker --out ./deploy/ --dry-run'))).toEqual([
    'deploy/Dockerfile',
    '.dockerignore',
    'deploy/compose.yml',
  ]);
  await deploy('k8s --force --image registry.example.com:5000/shop:2.1 --host shop.example.org');
  expect(readFileSync(fileAt('k8s/kustomization.yaml'), 'utf8')).toContain(
    "    newName: registry.example.com:5000/shop\n    newTag: '2.1'\n",
  );
  expect(readFileSync(fileAt('k8s/ingress.yaml'), 'utf8')).toContain('host: shop.example.org');
  for (const line of [
    'docker --out ../elsewhere',
    'docker --out /etc',
    'docker --db oracle',
    'k8s --host',
    'nowhere',
  ]) {
    expect([line, (await project.core(`deploy ${line}`)).code]).toEqual([line, 2]);
  }
  for (const line of ['k8s --host no_host', "k8s --image 'x y'", 'k8s --image x:y:z']) {
    expect([line, await project.core(`deploy ${line}`)]).toMatchObject([line, { code: 2 }]);
  }
});

test('the page lists the checks of deployments with their levels', () => {
  const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
  const sources = [
    'libs/cli/src/commands/deploy-findings.ts',
    'libs/auth/src/checks/auth-checks.ts',
    'libs/messaging/src/checks/messaging-checks.ts',
    'libs/tasks/src/checks/task-checks.ts',
  ];
  const written = sources.flatMap((source) => [...read(source).matchAll(/code: '([A-Z_]+)',\s+level: '(\w+)'/g)]);
  const rows = [...read('docs/deployment.md').matchAll(/^\| `([A-Z_]+)` +\| (error|warning) /gm)];
  const pairs = (found: readonly RegExpMatchArray[]) => found.map(([, code, level]) => `${level} ${code}`);
  expect(pairs(rows).filter((row) => !row.includes(' ORM_'))).toEqual(pairs(written));
});

test('packages that a server needs and that are not installed are named', () => {
  const bare = { folder: tmpdir() } as Project;
  const needed = (values: object) => missingPackages(bare, { database: 'postgresql', ...values } as Deployment);
  expect(needed({ broker: 'kafka' })).toEqual(['@platformatic/kafka']);
  expect(needed({ broker: 'rabbitmq', tasks: 'redis', redis: true })).toEqual(['ioredis', 'bullmq', 'amqplib']);
  expect(needed({ database: 'mysql' })).toEqual(['@mikro-orm/mariadb', 'mysql2']);
  expect(missingPackages({ folder: project.folder } as Project, { redis: true } as Deployment)).not.toContain(
    'ioredis',
  );
});
