import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Copy, DockerfileParser } from 'dockerfile-ast';

/** An image as folders on this machine. */
export interface BuiltImage {
  /** What is `/app` in it. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

/**
 * Does on this machine what a Dockerfile says, each stage in a folder of its own instead of a container: for machines
 * without Docker. `/app` is the stage's folder; base images are what is installed here, and `machine` says by its environment.
 */
export function buildImage(dockerfile: string, context: string, into: string, machine: NodeJS.ProcessEnv): BuiltImage {
  const stages = new Map<string, string>();
  let folder = '';
  let environment: Record<string, string> = {};
  let command: string[] = [];
  let healthcheck: string[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(dockerfile, 'utf8')).getInstructions()) {
    const words = instruction.getArgumentsContent() ?? '';
    switch (instruction.getKeyword()) {
      case 'FROM': {
        const stage = /\bAS (\w+)$/i.exec(words)?.[1] ?? 'image';
        folder = join(into, `stage-${stage}`);
        mkdirSync(folder);
        stages.set(stage, folder);
        environment = {};
        break;
      }
      case 'COPY':
        copy(words, context, folder, stages.get((instruction as Copy).getFromFlag()?.getValue() ?? ''));
        break;
      case 'RUN':
        run(words, folder, { ...machine, ...environment });
        break;
      case 'ENV':
        Object.assign(environment, variables(words, folder, machine['PATH']));
        break;
      case 'CMD':
        command = JSON.parse(words) as string[];
        break;
      case 'HEALTHCHECK':
        healthcheck = JSON.parse(words.slice(words.indexOf('['))) as string[];
        break;
      default:
      // WORKDIR is /app, and USER and EXPOSE are for whoever runs it.
    }
  }
  return { folder, environment, command, healthcheck };
}

/** Copies files of the context, or of the stage that they come from. */
function copy(words: string, context: string, folder: string, from: string | undefined): void {
  const parts = words.split(/\s+/);
  const target = parts.pop() ?? '.';
  const ignored = from === undefined ? ignoredIn(context) : new Set<string>();
  for (const part of parts) {
    const source = from === undefined ? join(context, part) : part.replace('/app', from);
    const isFolder = statSync(source).isDirectory();
    // Docker puts what is in a folder, not the folder itself, where it is told.
    const place = join(folder, target, isFolder ? '' : target.endsWith('/') ? basename(part) : '');
    cpSync(source, place, { recursive: true, filter: (path) => !ignored.has(path), verbatimSymlinks: true });
  }
}

function ignoredIn(context: string): ReadonlySet<string> {
  const file = join(context, '.dockerignore');
  const patterns = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return new Set(
    patterns
      .filter((pattern) => pattern && !pattern.startsWith('#'))
      .flatMap((pattern) => globSync(pattern, { cwd: context }))
      .map((path) => join(context, path)),
  );
}

function run(words: string, folder: string, env: NodeJS.ProcessEnv): void {
  // The user of the image has another name here, where only its folder matters.
  const line = words.replaceAll(/\\\n/g, ' ').replace('chown node:node .data', 'true');
  execFileSync('/bin/sh', ['-c', line], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function variables(words: string, folder: string, path = ''): Record<string, string> {
  const pairs = words.replaceAll(/\\\n/g, ' ').split(/\s+/).filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [name, value.replaceAll('/app/', `${folder}/`).replace('$PATH', path)];
    }),
  );
}

/** Lets whoever runs the image read it, and write where the image lets him. */
export function handOver({ folder }: BuiltImage, user: number | undefined): void {
  if (user === undefined) return;
  chmodSync(folder, 0o755);
  chownSync(join(folder, '.data'), user, user);
}
