import { Option } from '@commander-js/extra-typings';
import { SERVER_BROKERS, SERVER_DATABASES } from '../deployment/deployment.js';
import { DEPLOY_TARGETS, deploymentFiles, type DeployTarget } from '../deployment/deployment-files.js';
import { type DeployOptions, missingPackages, readDeployment } from '../deployment/read-deployment.js';
import { type WriteOptions, writeFiles, type WrittenFile } from '../output/write-files.js';
import type { CommandContext } from '../program/command-context.js';
import { defineCommand, defineGroup } from '../program/define-command.js';
import { PROJECT_OPTION } from '../program/options.js';
import { UsageError } from '../errors/cli.errors.js';

interface DeployCommandOptions extends DeployOptions, WriteOptions {
  readonly json?: true;
}

/** What a kind of files is, and what is typed next. */
const TARGETS: Readonly<Record<DeployTarget | 'all', readonly [summary: string, next: string]>> = {
  docker: ['Write Dockerfile, .dockerignore and compose.yml', 'docker compose up --build'],
  compose: ['Write compose.yml: the application with database and broker on one machine', 'docker compose up --build'],
  pm2: ['Write ecosystem.config.cjs, for PM2', 'pm2 start ecosystem.config.cjs'],
  k8s: ['Write manifests for Kubernetes, with kustomize', 'kubectl apply -k k8s'],
  systemd: ['Write units of systemd, confined', 'cp systemd/* /etc/systemd/system/'],
  all: ['Write the files of all kinds', 'docker compose up --build'],
};

/** `core deploy` */
export function deployCommand(context: CommandContext) {
  return defineGroup('deploy', 'Write the files with which the application is deployed', [
    ...DEPLOY_TARGETS.map((target) => targetCommand(context, target, [target])),
    targetCommand(
      context,
      'all',
      DEPLOY_TARGETS.filter((target) => target !== 'compose'),
    ),
  ]);
}

function targetCommand(context: CommandContext, name: DeployTarget | 'all', targets: readonly DeployTarget[]) {
  const [summary, next] = TARGETS[name];
  return defineCommand(name, {
    summary,
    description:
      'Made from what the application uses and its settings: its database, its broker and where its tasks wait; what is ' +
      'embedded becomes a server. No secret is written. Files that are there and differ stay unless --force is said.',
    examples: [
      `core deploy ${name}`,
      `core deploy ${name} --broker rabbitmq --force`,
      `core deploy ${name} --dry-run --json`,
    ],
  })
    .addOption(new Option('--db <kind>', 'the database server').choices(SERVER_DATABASES))
    .addOption(new Option('--broker <kind>', 'what carries events').choices(SERVER_BROKERS))
    .option('--image <name[:tag]>', 'where the image is; the name and the version of the project when left out')
    .option('--host <name>', 'the name under which the world reaches it')
    .option('--out <folder>', 'where Dockerfile and compose.yml go', '.')
    .option('--force', 'write over what was edited')
    .option('--dry-run', 'show what would be done, do nothing')
    .addOption(PROJECT_OPTION())
    .option('--json', 'print the result as JSON')
    .action((options) => deploy(context, targets, next, options));
}

async function deploy(
  context: CommandContext,
  targets: readonly DeployTarget[],
  next: string,
  options: DeployCommandOptions,
): Promise<void> {
  if (/^(?:\/|[a-z]:|(?:.*\/)?\.\.(?:\/|$))/i.test(options.out ?? '')) {
    throw new UsageError('--out takes a folder of the project.', 'Say it from there, as in --out docker.');
  }
  const project = context.project(options);
  const deployment = await readDeployment(context, options);
  const files = new Map(targets.flatMap((target) => [...deploymentFiles(target, deployment)]));
  const written = writeFiles(project.folder, files, options);
  const missing = missingPackages(project, deployment);
  const { broker, database, tasks } = deployment;
  const processes = deployment.processes.map(({ role }) => role);
  const { terminal } = context;
  if (options.json) {
    return terminal.printJson({ database, broker, tasks, processes, files: written, missingPackages: missing });
  }
  for (const file of written) terminal.print(lineOf(file));
  if (missing.length) terminal.note(`They need packages that are not installed: npm install ${missing.join(' ')}`);
  terminal.note(options.dryRun ? 'Nothing was written.' : `Next: ${next}; more in docs/deployment.md.`);
}

function lineOf({ path, outcome }: WrittenFile): string {
  const line = `${outcome.toUpperCase()} ${path}`;
  return outcome === 'kept' ? `${line} (differs from what would be written; --force writes it anew)` : line;
}
