import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../project/project.js';

/** How the image of an application is built. */
export interface ImageBuild {
  /** Files that say which packages are installed, from the folder of the project. */
  readonly manifests: readonly string[];
  /** Commands that install all packages, and those that run alone. */
  readonly install: string;
  readonly installProduction: string;
  readonly build: string;
  /** Folders of packages in the repository itself, in which those of `node_modules` live. */
  readonly workspaces: readonly string[];
  /** What is in there and does not run. */
  readonly leftovers: readonly string[];
  /** Further files that are read when it runs. */
  readonly files: readonly string[];
}

interface PackageManager {
  readonly lock: string;
  readonly others: readonly string[];
  readonly install: string;
  readonly installProduction: string;
  readonly build: string;
}

const NPM: PackageManager = {
  lock: 'package-lock.json',
  others: ['.npmrc'],
  install: 'npm ci --ignore-scripts',
  installProduction: 'npm ci --ignore-scripts --omit=dev',
  build: 'npm run build',
};

/** What npm leaves there for being a tool of the project that some package may use, such as TypeScript, and all it brings along. */
const NPM_LEFTOVERS = 'npm pkg delete devDependencies && npm prune --ignore-scripts';

/** Told by their lock files; npm when there is none. */
const MANAGERS: readonly PackageManager[] = [
  {
    lock: 'pnpm-lock.yaml',
    others: ['pnpm-workspace.yaml', '.npmrc'],
    install: 'corepack enable && pnpm install --frozen-lockfile --ignore-scripts',
    installProduction: 'corepack enable && pnpm install --frozen-lockfile --ignore-scripts --prod',
    build: 'pnpm build',
  },
  {
    lock: 'yarn.lock',
    others: ['.npmrc'],
    install: 'yarn install --frozen-lockfile --ignore-scripts',
    installProduction: 'yarn install --frozen-lockfile --ignore-scripts --production',
    build: 'yarn build',
  },
  NPM,
];

/** Reads how a project is built. */
export function imageBuildOf({ folder, manifest }: Project): ImageBuild {
  const isThere = (file: string) => existsSync(join(folder, file));
  const manager = MANAGERS.find(({ lock }) => isThere(lock)) ?? NPM;
  const { lock, others, install, installProduction, build } = manager;
  const workspaces = [...new Set((manifest.workspaces ?? []).map((pattern) => pattern.split('/', 1)[0] ?? pattern))];
  return {
    manifests: ['package.json', lock, ...others.filter(isThere)],
    install,
    // Packages of a workspace have tools of their own.
    installProduction:
      manager === NPM && workspaces.length === 0 ? `${installProduction} && ${NPM_LEFTOVERS}` : installProduction,
    build,
    workspaces,
    leftovers: [...sourcesIn(manifest), ...nodeBinaries(manifest)],
    files: ['package.json', ...(isThere('nest-cli.json') ? ['nest-cli.json'] : [])],
  };
}

/** Sources of packages in folders such as `libs/*`; what is built of them runs. */
function sourcesIn({ workspaces = [] }: Project['manifest']): string[] {
  return workspaces.filter((pattern) => pattern.endsWith('/*')).map((pattern) => `${pattern}/src`);
}

/** Packages that hold Node itself, for machines with an older one; the image has it anyway. */
function nodeBinaries({ optionalDependencies = {} }: Project['manifest']): string[] {
  return Object.keys(optionalDependencies)
    .filter((name) => /^node-(?:linux|win|darwin)-\w+$/.test(name))
    .map((name) => `node_modules/${name}`);
}
