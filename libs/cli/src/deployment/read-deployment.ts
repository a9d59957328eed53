import { findPackageJSON } from 'node:module';
import { basename, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../errors/cli.errors.js';
import type { CommandContext, ProjectOptions } from '../program/command-context.js';
import type { AssembledApplication } from '../project/assembled-application.js';
import type { Project } from '../project/project.js';
import {
  type DeployedProcess,
  type Deployment,
  type ProcessRole,
  SERVER_BROKERS,
  SERVER_DATABASES,
  type ServerDatabase,
} from './deployment.js';
import { imageBuildOf } from './image-build.js';

/** What is said on the command line rather than read from the application. */
export interface DeployOptions extends ProjectOptions {
  readonly db?: ServerDatabase;
  readonly broker?: (typeof SERVER_BROKERS)[number];
  readonly image?: string;
  readonly host?: string;
  readonly out?: string;
}

const BROKER = Symbol.for('@core-framework/messaging:broker');
const TASKS = Symbol.for('@core-framework/tasks:backend');
/** Parts in small letters between slashes, the first of which may be a registry with a port; then a tag. */
const IMAGE = /^((?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::(\w[\w.-]{0,127}))?$/;
const HOST = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$/;
const CORE = 'node_modules/@core-framework/cli/bin/core.mjs';

/** What a process of its own leaves to the others. */
const IDLE = { MESSAGE_CONSUMERS: 'false', OUTBOX_RELAY: 'false', TASK_WORKER: 'false', TASK_SCHEDULER: 'false' };
const OWN_SETTINGS: Readonly<Record<Exclude<ProcessRole, 'api'>, Readonly<Record<string, string>>>> = {
  worker: { ...IDLE, TASK_WORKER: 'true' },
  scheduler: { ...IDLE, TASK_SCHEDULER: 'true' },
  consumer: { ...IDLE, MESSAGE_CONSUMERS: 'true', OUTBOX_RELAY: 'true' },
};

/** Reads from a project and its settings what it needs on servers; what is embedded becomes a server of its kind. */
export async function readDeployment(context: CommandContext, options: DeployOptions): Promise<Deployment> {
  const project = context.project(options);
  await using application = await context.application(options);
  const { databaseUrl, redisUrl } = application.settings;
  const broker = options.broker ?? shared(nameOf(application, BROKER), ['memory'], 'redis');
  const tasks = shared(nameOf(application, TASKS), ['memory', 'sync'], 'database');
  const { manifest } = project;
  const name = fitName(manifest.name ?? basename(project.folder));
  const [image, tag] = splitImage(options.image ?? name, manifest.version ?? 'latest');
  return {
    name,
    database: options.db ?? serverOf(databaseUrl),
    broker,
    tasks,
    redis: broker === 'redis' || tasks === 'redis' || redisUrl !== undefined,
    processes: processesOf(project, options, { broker, tasks }),
    migrate: { script: CORE, args: ['migrate', ...projectArgs(options)] },
    build: imageBuildOf(project),
    image,
    tag,
    host: checkHost(options.host ?? `${name}.example.com`),
    folder: posix.normalize(options.out ?? '.').replace(/^\.$|\/+$/g, ''),
  };
}

/** Packages that the servers of a deployment need and that are not installed. */
export function missingPackages({ folder }: Project, { broker, database, redis, tasks }: Deployment): string[] {
  const needed = [
    ...(redis ? ['ioredis'] : []),
    ...(tasks === 'redis' ? ['bullmq'] : []),
    ...(broker === 'rabbitmq' ? ['amqplib'] : []),
    ...(broker === 'kafka' ? ['@platformatic/kafka'] : []),
    ...(database === 'postgresql' ? [] : ['@mikro-orm/mariadb', 'mysql2']),
  ];
  return needed.filter((name) => !isInstalled(name, folder));
}

function isInstalled(name: string, folder: string): boolean {
  try {
    return findPackageJSON(name, pathToFileURL(join(folder, 'package.json'))) !== undefined;
  } catch {
    return false;
  }
}

/** The name of what provides a token, where the application has it. */
function nameOf(application: AssembledApplication, token: symbol): string | undefined {
  return application.find<{ readonly name: string }>(token)?.name;
}

/** What works in one process only gives way to what several share. */
function shared(name: string | undefined, single: readonly string[], standard: string): string | undefined {
  return name !== undefined && single.includes(name) ? standard : name;
}

function serverOf(url = ''): ServerDatabase {
  const scheme = url.split(/[+:]/, 1)[0] ?? '';
  return SERVER_DATABASES.find((database) => database === scheme) ?? 'postgresql';
}

function processesOf(
  project: Project,
  options: DeployOptions,
  { broker, tasks }: Pick<Deployment, 'broker' | 'tasks'>,
): DeployedProcess[] {
  const api: DeployedProcess = {
    role: 'api',
    script: project.builtMain,
    args: [],
    settings: {
      ...(broker !== undefined && { MESSAGE_CONSUMERS: 'false' }),
      ...(tasks !== undefined && { TASK_WORKER: 'false', TASK_SCHEDULER: 'false' }),
    },
  };
  const others: readonly Exclude<ProcessRole, 'api'>[] = [
    ...(tasks === undefined ? [] : (['worker', 'scheduler'] as const)),
    ...(broker === undefined ? [] : (['consumer'] as const)),
  ];
  return [api, ...others.map((role) => workingProcess(project, options, role))];
}

/** An application of the workspace that is called so, or else the command of that name. */
function workingProcess(project: Project, options: DeployOptions, role: Exclude<ProcessRole, 'api'>): DeployedProcess {
  const script = project.builtMainOf(role);
  if (script !== undefined) return { role, script, args: [], settings: OWN_SETTINGS[role] };
  return { role, script: CORE, args: [role, ...projectArgs(options)], settings: {} };
}

function projectArgs({ project }: DeployOptions): string[] {
  return project === undefined ? [] : ['--project', project];
}

/** Small letters, digits and dashes, beginning with a letter, as containers, services and units may be called. */
function fitName(name: string): string {
  const fit = name
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return fit || 'app';
}

/** An image may name a registry with a port, and a tag after its last colon. */
function splitImage(image: string, standard: string): [name: string, tag: string] {
  const [, name, tag = standard] = IMAGE.exec(image) ?? [];
  if (name !== undefined) return [name, tag];
  throw new UsageError(`"${image}" names no image.`, 'Write it as in --image registry.example.com/shop:1.0.');
}

/** @throws UsageError when no host can be called so. */
function checkHost(host: string): string {
  if (HOST.test(host)) return host;
  throw new UsageError(`"${host}" names no host.`, 'Write it as in --host api.example.com.');
}
