import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { ApplicationModuleError, NoProjectError, UnknownProjectError } from '../errors/cli.errors.js';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly workspaces?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  /** Where the application stands that commands load, when it is not where Nest puts it. */
  readonly core?: { readonly module?: string; readonly main?: string };
}

interface NestProject {
  readonly type?: string;
  readonly root?: string;
  readonly sourceRoot?: string;
}

interface NestConfiguration extends NestProject {
  readonly projects?: Readonly<Record<string, NestProject>>;
}

/** A project on this machine: its folder, and where its application stands in there. */
export class Project {
  private constructor(
    /** The folder of its package.json, which is where its commands run. */
    readonly folder: string,
    readonly manifest: Manifest,
    private readonly nest: NestProject,
    private readonly others: Readonly<Record<string, NestProject>>,
    /** Which of several applications of a workspace it is. */
    private readonly name: string | undefined,
  ) {}

  /**
   * The project around a folder, or one of its applications by name.
   *
   * @throws NoProjectError, UnknownProjectError
   */
  static around(folder: string, name?: string): Project {
    const root = rootAround(resolve(folder));
    if (root === undefined) throw new NoProjectError(folder);
    const manifest = readJson<Manifest>(join(root, 'package.json')) ?? {};
    const nest = readJson<NestConfiguration>(join(root, 'nest-cli.json')) ?? {};
    const projects = nest.projects ?? {};
    if (name === undefined) return new Project(root, manifest, nest, projects, undefined);
    const chosen = Object.hasOwn(projects, name) ? projects[name] : undefined;
    if (!chosen) throw new UnknownProjectError(name, Object.keys(projects));
    return new Project(root, { ...manifest, core: undefined }, chosen, projects, name);
  }

  /** The folder of its sources. */
  get sourceFolder(): string {
    return join(this.folder, this.nest.sourceRoot ?? 'src');
  }

  /** The file of the application's module: the source, or what was built of it in production and where there are no sources. */
  get moduleFile(): string {
    return this.#file('module', 'app.module', ...(this.name === undefined ? [] : [`${this.name}.module`]));
  }

  /** The file that serves the application. */
  get mainFile(): string {
    return this.#file('main', 'main');
  }

  /** The file that serves the application once it is built, by its path from the folder; built or not. */
  get builtMain(): string {
    return builtFile(this.folder, this.nest, 'main');
  }

  /** The built file of another application of the workspace, such as the one that only works; `undefined` when there is none. */
  builtMainOf(name: string): string | undefined {
    const other = Object.hasOwn(this.others, name) ? this.others[name] : undefined;
    return other?.type === 'application' ? builtFile(this.folder, other, 'main') : undefined;
  }

  #file(key: 'module' | 'main', ...names: readonly string[]): string {
    const named = this.manifest.core?.[key];
    const candidates =
      named === undefined ? names.flatMap((name) => this.#candidates(name)) : [join(this.folder, named)];
    const found = candidates.find((file) => existsSync(file));
    if (found !== undefined) return found;
    throw new ApplicationModuleError(
      `There is no ${candidates.map((file) => file.slice(this.folder.length + 1)).join(', nor ')} in ${this.folder}.`,
      `Name the file in package.json, such as "core": { "${key}": "src/${names[0]}.ts" }.`,
    );
  }

  #candidates(name: string): string[] {
    const built = builtFiles(this.nest, name).map((file) => join(this.folder, file));
    const source = join(this.sourceFolder, `${name}.ts`);
    return process.env['ENVIRONMENT'] === 'production' ? [...built, source] : [source, ...built];
  }
}

/** Where Nest's builders put a file, depending on what the compiler takes for the root. */
function builtFiles({ root }: NestProject, name: string): [string, string] {
  const folder = root ? posix.join('dist', root) : 'dist';
  return [`${folder}/${name}.js`, `${folder}/src/${name}.js`];
}

function builtFile(folder: string, project: NestProject, name: string): string {
  const [standard, ...others] = builtFiles(project, name);
  return others.find((file) => existsSync(join(folder, file))) ?? standard;
}

/** A package may stand in a workspace; its nest-cli.json then is the workspace's. */
function rootAround(folder: string): string | undefined {
  let nearest: string | undefined;
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) {
      nearest ??= current;
      if (existsSync(join(current, 'nest-cli.json'))) return current;
    }
    if (dirname(current) === current) return nearest;
  }
}

function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new ApplicationModuleError(`${file} is no JSON.`, 'Correct it.', error);
  }
}
