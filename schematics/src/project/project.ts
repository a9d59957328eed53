import { posix } from 'node:path';
import ts from 'typescript';
import { classesOf, isExported, parseSource } from '../code/source-file.js';
import { moduleClassOf } from '../code/edit-module.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { suggestion } from '../names/did-you-mean.js';
import { modelNames } from '../names/names.js';
import { type DeclaredModel, readModels } from './read-model.js';
import { type Place, relativeImport, type Workspace } from './workspace.js';

/** A model and the file that has it. */
export interface FoundModel extends DeclaredModel {
  readonly path: string;
  readonly place: Place;
}

/** Something that a file exports. */
export interface FoundExport {
  readonly name: string;
  readonly path: string;
  readonly place: Place;
}

/** The application that a generator adds to: its models, modules and other exports. */
export class Project {
  readonly workspace: Workspace;
  readonly place: Place;
  #models?: FoundModel[];

  constructor(workspace: Workspace, place: Place) {
    this.workspace = workspace;
    this.place = place;
  }

  /** The models of the application, those of private packages that it depends on included. */
  get models(): readonly FoundModel[] {
    return (this.#models ??= this.workspace
      .reachable(this.place)
      .flatMap((place) =>
        this.workspace
          .sources(place.sourceRoot)
          .flatMap((path) => readModels(this.workspace.read(path) ?? '').map((model) => ({ ...model, path, place }))),
      ));
  }

  /** Forgets what it has read, after a file was written. */
  refresh(): void {
    this.#models = undefined;
  }

  findModel(className: string): FoundModel | undefined {
    return this.models.find((model) => model.className === className);
  }

  /**
   * The model that a relation leads to, by its class or its table.
   *
   * @throws GeneratorError when there is none.
   */
  modelNamed(name: string, field: string): FoundModel {
    const { className } = modelNames(name);
    const found = this.models.find((model) => model.className === className || model.table === name);
    if (found) return found;
    throw new GeneratorError(
      'GENERATOR_UNKNOWN_MODEL',
      `The field "${field}" leads to ${className}, which is no model of the application.`,
      `${suggestion(
        className,
        this.models.map((model) => model.className),
      )} Generate it first: core-model ${className}.`.trim(),
    );
  }

  /** The export of that name: a constant, function or class. */
  findExport(name: string): FoundExport | undefined {
    for (const place of this.workspace.reachable(this.place)) {
      const path = this.workspace.sources(place.sourceRoot).find((file) => {
        const text = this.workspace.read(file) ?? '';
        return text.includes(name) && exportsOf(text).has(name);
      });
      if (path !== undefined) return { name, path, place };
    }
    return undefined;
  }

  /** How `file` of this application imports from another file, which may be in another package. */
  importPath(file: string, target: { readonly path: string; readonly place: Place }): string {
    const own = this.workspace.placeOf(posix.dirname(file)).packageRoot;
    const isOutside = own !== '' && own !== target.place.packageRoot && target.place.packageRoot !== '';
    const name = isOutside ? this.workspace.manifest(target.place.packageRoot).name : undefined;
    return name ?? relativeImport(file, target.path);
  }

  /** The file of the module that a folder belongs to: the nearest one above it. */
  moduleAbove(folder: string): string | undefined {
    let current = posix.dirname(folder);
    for (;;) {
      const files = this.workspace.tree.getDir(current).subfiles.filter((name) => name.endsWith('.module.ts'));
      const names = files.toSorted((one, other) => Number(other === 'app.module.ts') - Number(one === 'app.module.ts'));
      const found = names.map((name) => posix.join(current, name)).find((path) => this.#isModule(path));
      if (found !== undefined) return found;
      if (current === '.' || current === '' || current === this.place.sourceRoot) return undefined;
      current = posix.dirname(current);
    }
  }

  /** The module that opens the database: the root of an application that tests can start. */
  rootModule(): { readonly className: string; readonly path: string } | undefined {
    const roots = [this.place.sourceRoot, this.workspace.defaultPlace.sourceRoot];
    for (const folder of roots) {
      for (const path of this.workspace.sources(folder)) {
        const text = this.workspace.read(path) ?? '';
        if (!/CoreOrmModule\s*\.forRoot/.test(text)) continue;
        const className = moduleClassOf(text);
        if (className !== undefined) return { className, path };
      }
    }
    return undefined;
  }

  /** The files of the application that mention a name. */
  mentions(name: string): string[] {
    const word = new RegExp(`\\b${name}\\b`);
    return this.workspace.sources(this.place.sourceRoot).filter((path) => word.test(this.workspace.read(path) ?? ''));
  }

  /** What generated tests import `describe` and the like from. */
  get testFramework(): string {
    return this.workspace.dependencies(this.place.packageRoot).has('vitest') ? 'vitest' : '@jest/globals';
  }

  #isModule(path: string): boolean {
    return moduleClassOf(this.workspace.read(path) ?? '') !== undefined;
  }
}

function exportsOf(text: string): Set<string> {
  const source = parseSource(text);
  const constants = source.statements
    .filter(ts.isVariableStatement)
    .filter(isExported)
    .flatMap(({ declarationList }) => declarationList.declarations.map(({ name }) => name.getText()));
  const classes = classesOf(source)
    .filter(isExported)
    .flatMap(({ name }) => (name ? [name.text] : []));
  return new Set([...constants, ...classes]);
}
