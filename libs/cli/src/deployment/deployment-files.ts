import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTemplate } from 'create-core-app';
import type { DeployedProcess, Deployment } from './deployment.js';

const TEMPLATES = fileURLToPath(new URL('../../templates/deploy/', import.meta.url));

/** Kinds of deployment files, each with a command of its own. */
export const DEPLOY_TARGETS = ['docker', 'compose', 'pm2', 'k8s', 'systemd'] as const;
export type DeployTarget = (typeof DEPLOY_TARGETS)[number];

/** Files with their text, by their paths with slashes from the folder of the project. */
type Files = ReadonlyMap<string, string>;

/** The files with which an application is deployed in one way. */
export function deploymentFiles(target: DeployTarget, deployment: Deployment): Files {
  const view = viewOf(deployment);
  return new Map(FILES[target](deployment).map(([path, template, values]) => [path, render(template, view, values)]));
}

/** A file: where it goes, the template, and what that one needs beside the deployment. */
type WantedFile = readonly [path: string, template: string, values?: object];

const composeFile = ({ folder }: Deployment): WantedFile => [posix.join(folder, 'compose.yml'), 'compose.yml'];

const FILES: Readonly<Record<DeployTarget, (deployment: Deployment) => readonly WantedFile[]>> = {
  docker: (deployment) => [
    [posix.join(deployment.folder, 'Dockerfile'), 'Dockerfile'],
    ['.dockerignore', 'dockerignore'],
    composeFile(deployment),
  ],
  compose: (deployment) => [composeFile(deployment)],
  pm2: () => [['ecosystem.config.cjs', 'ecosystem.config.cjs']],
  k8s: ({ processes }) => [
    ...['kustomization', 'namespace', 'serviceaccount', 'migrate-job', 'api-service', 'ingress', 'hpa', 'pdb'].map(
      (name): WantedFile => [`k8s/${name}.yaml`, `k8s/${name}.yaml`],
    ),
    ...processes.map((process): WantedFile => [
      `k8s/${process.role}-deployment.yaml`,
      'k8s/deployment.yaml',
      { process, environment: Object.entries(inContainer(process)) },
    ]),
  ],
  systemd: ({ name, processes }) => [
    [`systemd/${name}.target`, 'systemd/target'],
    [`systemd/${name}-migrate.service`, 'systemd/migrate.service'],
    ...processes.map((process): WantedFile => [
      `systemd/${name}-${process.role}.service`,
      'systemd/service',
      { process },
    ]),
  ],
};

/** In a container a process without an HTTP interface answers probes where the API would. */
function inContainer({ role, settings }: DeployedProcess): Readonly<Record<string, string>> {
  return role === 'api' ? settings : { ...settings, HEALTH_PORT: '8000' };
}

function viewOf(deployment: Deployment) {
  const { broker, name, processes, redis } = deployment;
  const view = {
    ...deployment,
    api: processes.find(({ role }) => role === 'api'),
    title: name.replaceAll('-', ' ').replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    /** What is started more than once when there is much to do. */
    scaled: processes.find(({ role }) => role !== 'api' && role !== 'scheduler')?.role ?? 'api',
    scaling: processes.filter(({ role }) => role !== 'scheduler'),
    /** Variables of compose that have no default, with what makes a value. */
    secrets: [
      { variable: 'SECRET_KEY', command: 'openssl rand -base64 48' },
      { variable: 'DB_PASSWORD', command: 'openssl rand -hex 16' },
      ...(broker === 'rabbitmq' ? [{ variable: 'RABBITMQ_PASSWORD', command: 'openssl rand -hex 16' }] : []),
    ],
    secretVariables: [
      'SECRET_KEY',
      'DATABASE_URL',
      ...(redis ? ['REDIS_URL'] : []),
      ...(broker === 'rabbitmq' ? ['RABBITMQ_URL'] : []),
      ...(broker === 'kafka' ? ['KAFKA_BOOTSTRAP_SERVERS'] : []),
    ],
    inContainer,
    command: ({ script, args }: Pick<DeployedProcess, 'script' | 'args'>) => ['node', script, ...args],
    /** A list on one line, as YAML and JavaScript write it. */
    words: (list: readonly string[]) => `[${list.map((word) => `'${word}'`).join(', ')}]`,
    json: (list: readonly string[]) => `[${list.map((word) => JSON.stringify(word)).join(', ')}]`,
  };
  return { ...view, confinement: render('systemd/confinement', view).trimEnd() };
}

function render(template: string, view: object, values: object = {}): string {
  return renderTemplate(readFileSync(`${TEMPLATES}${template}.template`, 'utf8'), { ...view, ...values });
}
