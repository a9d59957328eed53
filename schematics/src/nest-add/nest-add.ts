import { posix } from 'node:path';
import { chain, type Rule, type SchematicContext, type Tree } from '@angular-devkit/schematics';
import { NodePackageInstallTask } from '@angular-devkit/schematics/tasks/index.js';
import { applyEdits, modify } from 'jsonc-parser';
import { moduleClassOf } from '../code/edit-module.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { FilePlan, type Reporter } from '../output/file-plan.js';
import { type Place, Workspace } from '../project/workspace.js';
import { registered, type Registration } from '../registration/register.js';
import { DEPENDENCIES, DEVELOPMENT_DEPENDENCIES } from './dependencies.js';

/** Options of nest-add. */
interface NestAddOptions {
  readonly project?: string;
  readonly skipInstall?: boolean;
}

/** Sets the framework up in a Nest project: packages, compiler options, collection, modules and start. */
export function nestAdd(options: NestAddOptions): Rule {
  return chain([
    async (tree: Tree, { logger }: SchematicContext) => {
      const workspace = new Workspace(tree);
      const place = workspace.place(options);
      requireEsm(workspace, place);
      addDependencies(workspace, place);
      if (tree.exists('nest-cli.json')) edit(workspace, 'nest-cli.json', ['collection'], '@core-framework/schematics');
      if (tree.exists('tsconfig.json')) addCompilerOptions(workspace);
      ignoreData(tree);
      const plan = new FilePlan(tree, logger);
      await addModules(workspace, place, plan, logger);
      replaceStart(workspace, place, logger);
    },
    (tree: Tree, context: SchematicContext) => {
      if (!options.skipInstall) context.addTask(new NodePackageInstallTask());
      return tree;
    },
  ]);
}

function requireEsm(workspace: Workspace, { packageRoot }: Place): void {
  const manifest = posix.join(packageRoot, 'package.json');
  if (!workspace.tree.exists(manifest)) {
    throw new GeneratorError(
      'GENERATOR_NO_PROJECT',
      'There is no package.json here.',
      'Go to the folder of a Nest project.',
    );
  }
  if (workspace.manifest(packageRoot).type === 'module') return;
  throw new GeneratorError(
    'GENERATOR_NOT_ESM',
    'The project is made of CommonJS modules, and the framework of ECMAScript modules.',
    'Say "type": "module" in package.json and end relative imports in .js, as new projects of Nest do.',
  );
}

function addDependencies(workspace: Workspace, { packageRoot }: Place): void {
  const path = posix.join(packageRoot, 'package.json');
  const present = workspace.manifest(packageRoot);
  for (const [kind, wanted] of [
    ['dependencies', DEPENDENCIES],
    ['devDependencies', DEVELOPMENT_DEPENDENCIES],
  ] as const) {
    for (const [name, version] of Object.entries(wanted)) {
      if (present.dependencies?.[name] === undefined && present.devDependencies?.[name] === undefined) {
        edit(workspace, path, [kind, name], version);
      }
    }
  }
}

/** What the decorators of models and schemas need of the compiler. */
function addCompilerOptions(workspace: Workspace): void {
  const wanted = { experimentalDecorators: true, emitDecoratorMetadata: true, useDefineForClassFields: false };
  for (const [name, value] of Object.entries(wanted))
    edit(workspace, 'tsconfig.json', ['compilerOptions', name], value);
}

function edit(workspace: Workspace, path: string, key: string[], value: unknown): void {
  const text = workspace.read(path) ?? '{}';
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: text.includes('\r\n') ? '\r\n' : '\n' };
  const changed = applyEdits(text, modify(text, key, value, { formattingOptions }));
  if (changed !== text) workspace.tree.overwrite(path, changed);
}

function ignoreData(tree: Tree): void {
  const text = tree.read('.gitignore')?.toString('utf8') ?? '';
  if (/^\.data\/?$/m.test(text)) return;
  const added = `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}\n# The embedded database\n.data/\n`;
  if (tree.exists('.gitignore')) tree.overwrite('.gitignore', added);
  else tree.create('.gitignore', added.trimStart());
}

const MODULES: readonly Registration[] = [
  {
    list: 'imports',
    entry: 'SettingsModule.forRoot()',
    imports: [{ name: 'SettingsModule', from: '@core-framework/config' }],
  },
  {
    list: 'imports',
    entry: "CoreOrmModule.forRoot({ migrations: new URL('./migrations/', import.meta.url), schema: 'migrate' })",
    imports: [{ name: 'CoreOrmModule', from: '@core-framework/orm' }],
  },
  {
    list: 'imports',
    entry: 'ViewSetModule.forRoot()',
    imports: [{ name: 'ViewSetModule', from: '@core-framework/viewset' }],
  },
];

async function addModules(
  workspace: Workspace,
  { sourceRoot }: Place,
  plan: FilePlan,
  reporter: Reporter,
): Promise<void> {
  const path = posix.join(sourceRoot, 'app.module.ts');
  const text = workspace.read(path);
  const missing = MODULES.filter(({ entry }) => !text?.includes(`${entry.split('(', 1)[0]}(`));
  if (missing.length === 0) return;
  if (text === undefined || moduleClassOf(text) === undefined || registered(text, missing) === undefined) {
    reporter.warn(
      `${path} could not be edited: import ${missing.map(({ entry }) => entry).join(', ')} in the root module.`,
    );
    return;
  }
  await plan.edit(path, (before) => registered(before, missing) ?? before);
}

const START = `import 'reflect-metadata';
import { CoreFactory } from '@core-framework/platform';

await CoreFactory.run(() => import('./app.module.js').then(({ AppModule }) => AppModule));
`;

/** The `main.ts` of a new Nest project starts by CoreFactory from now on; one that does more is left alone. */
function replaceStart(workspace: Workspace, { sourceRoot }: Place, reporter: Reporter): void {
  const path = posix.join(sourceRoot, 'main.ts');
  const text = workspace.read(path) ?? '';
  if (text.includes('CoreFactory')) return;
  const isStock =
    /^import \{ NestFactory \} from '@nestjs\/core';\s*import \{ AppModule \} from '\.\/app\.module\.js';\s*async function bootstrap\(\) \{\s*const app = await NestFactory\.create\(AppModule\);\s*await app\.listen\([^)]*\);\s*\}\s*(?:await|void)? ?bootstrap\(\);?\s*$/.test(
      text,
    );
  if (isStock) workspace.tree.overwrite(path, START);
  else
    reporter.warn(
      `KEPT ${path}: start the application by CoreFactory.run(AppModule) of @core-framework/platform there.`,
    );
}
