import { posix } from 'node:path';
import type { Tree } from '@angular-devkit/schematics';
import { parse as parseJsonc } from 'jsonc-parser';
import { GeneratorError } from '../errors/generator.errors.js';
import { suggestion } from '../names/did-you-mean.js';

/** What `nest-cli.json` says of a project. */
interface NestProject {
  readonly root?: string;
  readonly sourceRoot?: string;
  readonly type?: string;
}

interface NestConfiguration extends NestProject {
  readonly projects?: Readonly<Record<string, NestProject>>;
}

/** The parts of a `package.json` that matter here. */
export interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[];
}

/** A folder of sources and the package that it belongs to. */
export interface Place {
  /** Where sources are, from the root of the workspace: `apps/api/src`. */
  readonly sourceRoot: string;
  /** Folder of the nearest `package.json`: `apps/api`, or empty for the workspace's own. */
  readonly packageRoot: string;
}

/** The options by which every generator says where it works. */
export interface PlaceOptions {
  readonly project?: string;
  readonly sourceRoot?: string;
}

/** The workspace that a generator works in, as its configuration files describe it. */
export class Workspace {
  readonly tree: Tree;
  readonly #configuration: NestConfiguration;

  constructor(tree: Tree) {
    this.tree = tree;
    this.#configuration = this.json<NestConfiguration>('nest-cli.json') ?? {};
  }

  /** A file read as JSON, comments allowed; `undefined` when there is none. */
  json<T>(path: string): T | undefined {
    const text = this.read(path);
    return text === undefined ? undefined : (parseJsonc(text) as T);
  }

  read(path: string): string | undefined {
    return this.tree.read(path)?.toString('utf8');
  }

  manifest(packageRoot: string): Manifest {
    return this.json<Manifest>(posix.join(packageRoot, 'package.json')) ?? {};
  }

  /** Everything that the workspace and a package of it depend on. */
  dependencies(packageRoot: string): ReadonlySet<string> {
    const manifests = [this.manifest(''), this.manifest(packageRoot)];
    return new Set(
      manifests.flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies })),
    );
  }

  /**
   * Where the options say to work: a project of `nest-cli.json`, else its default one.
   *
   * @throws GeneratorError when there is no such project.
   */
  place({ project, sourceRoot }: PlaceOptions = {}): Place {
    const { projects = {}, sourceRoot: standard = 'src' } = this.#configuration;
    if (project === undefined) return this.placeOf(sourceRoot ?? standard);
    const found = projects[project];
    if (!found) {
      throw new GeneratorError(
        'GENERATOR_UNKNOWN_PROJECT',
        `nest-cli.json has no project "${project}".`,
        suggestion(project, Object.keys(projects)),
      );
    }
    return this.placeOf(found.sourceRoot ?? posix.join(found.root ?? '', 'src'));
  }

  /** The project that is worked in where nothing is said. */
  get defaultPlace(): Place {
    return this.place();
  }

  placeOf(folder: string): Place {
    const sourceRoot = normalized(folder);
    return { sourceRoot, packageRoot: this.#packageRootOf(sourceRoot) };
  }

  /** The places that a package may import: itself, and private packages of the workspace that it depends on. */
  reachable(place: Place): Place[] {
    const wanted = Object.keys(this.manifest(place.packageRoot).dependencies ?? {});
    const others = Object.values(this.#configuration.projects ?? {})
      .map(({ root = '', sourceRoot }) => this.placeOf(sourceRoot ?? posix.join(root, 'src')))
      .filter(({ packageRoot }) => packageRoot !== place.packageRoot && packageRoot !== '')
      .filter(({ packageRoot }) => {
        const { name, private: isPrivate } = this.manifest(packageRoot);
        return isPrivate && name !== undefined && wanted.includes(name);
      });
    return [place, ...others];
  }

  /** The TypeScript files below a folder, tests and what was built left out, by path. */
  sources(folder: string): string[] {
    const directory = this.tree.getDir(normalized(folder));
    const files = directory.subfiles
      .filter((name) => name.endsWith('.ts') && !/\.(?:d|spec|test|e2e-spec)\.ts$/.test(name))
      .map((name) => posix.join(normalized(folder), name));
    const folders = directory.subdirs.filter((name) => !['node_modules', 'dist', 'coverage'].includes(name));
    return [...files, ...folders.flatMap((name) => this.sources(posix.join(folder, name)))];
  }

  /** Where tests over HTTP are: beside the sources where there is such a folder, else at the root. */
  testFolder({ sourceRoot }: Place): string {
    const beside = posix.join(posix.dirname(sourceRoot), 'test');
    return beside !== 'test' && this.tree.getDir(beside).subfiles.length > 0 ? beside : 'test';
  }

  #packageRootOf(folder: string): string {
    let current = folder;
    while (current !== '' && current !== '.') {
      if (this.tree.exists(posix.join(current, 'package.json'))) return current;
      current = posix.dirname(current);
    }
    return '';
  }
}

/** A path from the root of the workspace, without dots and slashes around it. */
export function normalized(path: string): string {
  const clean = posix.normalize(path).replace(/^(?:\.?\/)+|\/+$/g, '');
  if (clean.startsWith('..')) {
    throw new GeneratorError(
      'GENERATOR_OUTSIDE',
      `"${path}" is outside of the project.`,
      'Name a folder inside of it.',
    );
  }
  return clean === '.' ? '' : clean;
}

/** How one file imports another, in ESM. */
export function relativeImport(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to).replace(/\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}
