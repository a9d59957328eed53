import type { BrokerChoice, ProjectChoices } from './project-choices.js';
import { FRAMEWORK_VERSION, VERSIONS, type VersionedPackage } from './versions.js';

/** Answers what to write for a package of the framework: a version, or where its tarball is. */
export type FrameworkSource = (name: string) => string;

/** The release that this one belongs to. */
const released: FrameworkSource = () => FRAMEWORK_VERSION;

/** What brokers are reached by. */
const CLIENTS: Readonly<Record<BrokerChoice, readonly VersionedPackage[]>> = {
  memory: [],
  redis: ['ioredis'],
  rabbitmq: ['amqplib'],
  kafka: ['@platformatic/kafka'],
};

/** The package.json of a project. */
export function packageManifest(name: string, choices: ProjectChoices, source: FrameworkSource = released): object {
  const { auth, database, messaging, packageManager, tasks } = choices;
  const runtime: VersionedPackage[] = [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-fastify',
    'class-transformer',
    'class-validator',
    'fastify',
    'reflect-metadata',
    'rxjs',
    ...(auth ? (['@node-rs/argon2'] as const) : []),
    ...(database === 'pglite' ? (['@electric-sql/pglite'] as const) : []),
    ...(database === 'mysql' || database === 'mariadb' ? (['@mikro-orm/mariadb', 'mysql2'] as const) : []),
    ...(messaging === undefined ? [] : CLIENTS[messaging]),
  ];
  const framework = [
    'common',
    'config',
    'orm',
    'viewset',
    'platform',
    'cli',
    ...(auth ? ['auth'] : []),
    ...(messaging ? ['messaging', 'outbox'] : []),
    ...(tasks ? ['tasks', 'outbox'] : []),
  ];
  const tools: VersionedPackage[] = [
    '@faker-js/faker',
    '@jest/globals',
    '@nestjs/cli',
    '@swc/core',
    '@swc/jest',
    '@types/node',
    'jest',
    'oxlint',
    'prettier',
    'typescript',
  ];
  return {
    name,
    version: '0.1.0',
    private: true,
    type: 'module',
    engines: { node: '>=24' },
    scripts: {
      start: 'core run',
      'start:prod': 'node dist/main.js',
      build: 'nest build',
      typecheck: 'tsc -p tsconfig.json',
      lint: 'oxlint && prettier --check .',
      format: 'prettier --write .',
      test: 'node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js',
    },
    dependencies: sorted({ ...packages(framework, source), ...unpublished(source), ...versions(runtime) }),
    devDependencies: sorted({ ...packages(['schematics', 'testing'], source), ...versions(tools) }),
    ...(source !== released && packageManager === 'npm' && { overrides: leftOut(framework, source) }),
  };
}

/** Packages that others may have beside them. npm looks up even those that nobody installs, and no registry has them. */
const OPTIONAL = ['auth', 'messaging', 'outbox', 'tasks'];

function leftOut(chosen: readonly string[], source: FrameworkSource): Record<string, string> {
  return packages(
    OPTIONAL.filter((name) => !chosen.includes(name)),
    source,
  );
}

/** What packages bring along by themselves, unless they come from tarballs: then no registry has it. */
function unpublished(source: FrameworkSource): Record<string, string> {
  return source === released ? {} : { 'create-core-app': source('create-core-app') };
}

function packages(names: readonly string[], source: FrameworkSource): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`@core-framework/${name}`, source(`@core-framework/${name}`)]));
}

function versions(names: readonly VersionedPackage[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, VERSIONS[name]]));
}

function sorted(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).sort(([one], [other]) => (one < other ? -1 : 1)));
}
