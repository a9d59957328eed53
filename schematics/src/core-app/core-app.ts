import { posix } from 'node:path';
import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { applyEdits, modify } from 'jsonc-parser';
import { render } from '../code/template.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { kebabCase } from '../names/names.js';
import { FilePlan } from '../output/file-plan.js';
import { Workspace } from '../project/workspace.js';

/** Options of core-app. */
interface AppOptions {
  readonly name: string;
  readonly force?: boolean;
}

interface NestConfiguration {
  readonly monorepo?: boolean;
  readonly root?: string;
  readonly projects?: Readonly<
    Record<
      string,
      { readonly type?: string; readonly root?: string; readonly compilerOptions?: { readonly tsConfigPath?: string } }
    >
  >;
}

/**
 * Its name, which is that of its folder and its package.
 *
 * @throws GeneratorError when it cannot be that, or a library has it.
 */
function nameOf({ name: given }: AppOptions, projects: NonNullable<NestConfiguration['projects']>): string {
  const name = kebabCase(given);
  if (!/^[a-z][\w -]*$/i.test(given) || name === '') {
    throw new GeneratorError(
      'GENERATOR_INVALID_NAME',
      `"${given}" cannot be the name of an application.`,
      'Use letters and digits, and a letter first: admin.',
    );
  }
  if (projects[name]?.type === 'library') {
    throw new GeneratorError(
      'GENERATOR_NAME_TAKEN',
      `"${name}" is a library of the workspace.`,
      'Choose another name.',
    );
  }
  return name;
}

/** Makes a further application beside the default one of a monorepo, built in the same way. */
export function coreApp(options: AppOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const workspace = new Workspace(tree);
    const configuration = workspace.json<NestConfiguration>('nest-cli.json') ?? {};
    const { root: model = '', projects = {} } = configuration;
    if (!configuration.monorepo || model === '') {
      throw new GeneratorError(
        'GENERATOR_NO_MONOREPO',
        'The workspace holds one application, so there is no place for another.',
        'Make it a monorepo first: nest g app NAME.',
      );
    }
    const name = nameOf(options, projects);
    const root = posix.join(posix.dirname(model), name);
    const plan = new FilePlan(tree, logger, options.force);
    const sibling = (text: string) => text.replaceAll(model, root);
    for (const file of ['main.ts', 'app.module.ts']) {
      await plan.write({ path: `${root}/src/${file}`, text: render(`core-app/files/${file}`, {}) });
    }
    const tsConfig = projects[posix.basename(model)]?.compilerOptions?.tsConfigPath;
    if (tsConfig !== undefined)
      await plan.write({ path: sibling(tsConfig), text: sibling(workspace.read(tsConfig) ?? '{}') });
    if (workspace.tree.exists(`${model}/package.json`)) {
      await plan.write({ path: `${root}/package.json`, text: manifestLike(workspace, model, name) });
    }
    if (projects[name]) return;
    const text = workspace.read('nest-cli.json') ?? '{}';
    const project = {
      type: 'application',
      root,
      entryFile: 'main',
      sourceRoot: `${root}/src`,
      compilerOptions: { ...(tsConfig !== undefined && { tsConfigPath: sibling(tsConfig) }) },
    };
    const formattingOptions = { insertSpaces: true, tabSize: 2 };
    tree.overwrite('nest-cli.json', applyEdits(text, modify(text, ['projects', name], project, { formattingOptions })));
  };
}

/** A manifest with the dependencies that both applications share by their modules. */
function manifestLike(workspace: Workspace, model: string, name: string): string {
  const manifest = workspace.json<Record<string, unknown> & { readonly name?: string }>(`${model}/package.json`) ?? {};
  const own = (manifest.name ?? name).split('/').slice(0, -1).concat(name).join('/');
  const scope = `${(manifest.name ?? '').split('/', 1)[0]}/`;
  const dependencies = Object.entries((manifest.dependencies ?? {}) as Record<string, string>).filter(
    ([dependency]) => !dependency.startsWith(scope),
  );
  return JSON.stringify({ ...manifest, name: own, dependencies: Object.fromEntries(dependencies) });
}
