import { posix } from 'node:path';
import type { Rule, SchematicContext, TaskId, Tree } from '@angular-devkit/schematics';
import { NodePackageInstallTask, RunSchematicTask } from '@angular-devkit/schematics/tasks/index.js';
import { applyEdits, modify } from 'jsonc-parser';
import { moduleClassOf } from '../code/edit-module.js';
import { render } from '../code/template.js';
import type { MigrationOptions } from '../core-migration/migration.options.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { FilePlan, type Reporter } from '../output/file-plan.js';
import { type Place, Workspace } from '../project/workspace.js';
import { registered, type Registration } from '../registration/register.js';
import { ACCOUNT_DEPENDENCIES, DEPENDENCIES, DEVELOPMENT_DEPENDENCIES } from './dependencies.js';

const GENERATORS = '@core-framework/schematics';

/** Options of nest-add. */
interface NestAddOptions {
  readonly project?: string;
  /** Whether people have accounts: a user model and `AuthModule`. @defaultValue false */
  readonly auth?: boolean;
  readonly skipInstall?: boolean;
  /** Whether edited files are written anew. */
  readonly force?: boolean;
}

/** What the steps of nest-add share. */
interface Editing {
  readonly workspace: Workspace;
  readonly plan: FilePlan;
  readonly reporter: Reporter;
  readonly auth?: boolean;
}

/** Sets the framework up in a Nest project: packages, compiler options, collection, modules, start, and accounts if wanted. */
export function nestAdd(options: NestAddOptions): Rule {
  return async (tree: Tree, context: SchematicContext) => {
    const workspace = new Workspace(tree);
    const place = workspace.place(options);
    requireEsm(workspace, place);
    addDependencies(workspace, place, options);
    if (tree.exists('nest-cli.json')) edit(workspace, 'nest-cli.json', ['collection'], GENERATORS);
    if (tree.exists('tsconfig.json')) addCompilerOptions(workspace);
    ignoreData(tree);
    const editing: Editing = {
      workspace,
      plan: new FilePlan(tree, context.logger, options.force),
      reporter: context.logger,
      auth: options.auth,
    };
    const isNewModel = options.auth && !tree.exists(posix.join(place.sourceRoot, 'users/user.model.ts'));
    if (options.auth) await writeUsers(place, editing.plan);
    await addModules(posix.join(place.sourceRoot, 'app.module.ts'), editing);
    await replaceStart(posix.join(place.sourceRoot, 'main.ts'), editing);
    if (options.skipInstall) return;
    const installed = context.addTask(new NodePackageInstallTask());
    if (isNewModel) scheduleMigration(context, place, installed);
  };
}

/** The tables of the accounts, once the packages that make migrations are there. */
function scheduleMigration(context: SchematicContext, { sourceRoot }: Place, installed: TaskId): void {
  const options: MigrationOptions = { name: 'initial', sourceRoot };
  context.addTask(new RunSchematicTask<MigrationOptions>('core-migration', options), [installed]);
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

function addDependencies(workspace: Workspace, { packageRoot }: Place, { auth }: NestAddOptions): void {
  const path = posix.join(packageRoot, 'package.json');
  const present = workspace.manifest(packageRoot);
  for (const [kind, wanted] of [
    ['dependencies', { ...DEPENDENCIES, ...(auth && ACCOUNT_DEPENDENCIES) }],
    ['devDependencies', DEVELOPMENT_DEPENDENCIES],
  ] as const) {
    for (const [name, version] of Object.entries(wanted)) {
      if (present.dependencies?.[name] === undefined && present.devDependencies?.[name] === undefined) {
        edit(workspace, path, [kind, name], version);
      }
    }
  }
  // `nest add` itself installs what it runs among the packages of production.
  const generators = present.dependencies?.[GENERATORS];
  if (generators === undefined) return;
  edit(workspace, path, ['dependencies', GENERATORS], undefined);
  edit(workspace, path, ['devDependencies', GENERATORS], generators);
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

const ACCOUNT_MODULES: readonly Registration[] = [
  {
    list: 'imports',
    entry: 'AuthModule.forRoot({ userModel: User, usersViewSet: true })',
    imports: [
      { name: 'AuthModule', from: '@core-framework/auth' },
      { name: 'User', from: './users/user.model.js' },
    ],
  },
  { list: 'imports', entry: 'UsersModule', imports: [{ name: 'UsersModule', from: './users/users.module.js' }] },
];

async function writeUsers({ sourceRoot }: Place, plan: FilePlan): Promise<void> {
  for (const file of ['user.model.ts', 'user.factory.ts', 'users.module.ts']) {
    await plan.write({ path: posix.join(sourceRoot, 'users', file), text: render(`nest-add/files/${file}`, {}) });
  }
}

async function addModules(path: string, { workspace, plan, reporter, auth }: Editing): Promise<void> {
  const text = workspace.read(path);
  const wanted = [...MODULES, ...(auth ? ACCOUNT_MODULES : [])];
  const missing = wanted.filter(
    ({ entry }) => !new RegExp(`\\b${entry.split('(', 1)[0]}\\b\\s*[(,\\]]`).test(text ?? ''),
  );
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

/** What `nest new` writes, and what Nest's documentation says to write for Fastify, in one line. */
const STOCK_START = new RegExp(
  [
    String.raw`^(?:import (?:type )?\{[^}]*\} from '(?:@nestjs/core|@nestjs/platform-(?:express|fastify)|\./app\.module\.js)'; ?)+`,
    String.raw`async function bootstrap\(\) \{ const app = await NestFactory\.create(?:<\w+>)?\( ?AppModule,?(?: new FastifyAdapter\(\),?)? ?\);`,
    String.raw` await app\.listen\([^;]*\); \} (?:await |void )?bootstrap\(\);?$`,
  ].join(''),
);

/** The `main.ts` of a new Nest project starts by CoreFactory from now on; one that does more is left alone. */
async function replaceStart(path: string, { workspace, plan, reporter }: Editing): Promise<void> {
  const text = workspace.read(path) ?? '';
  if (text.includes('CoreFactory')) return;
  if (STOCK_START.test(text.replaceAll(/\s+/g, ' ').trim())) {
    await plan.edit(path, () => START);
    reporter.info(`${path} starts the application by CoreFactory: on port 8000, or on that of PORT.`);
  } else
    reporter.warn(
      `KEPT ${path}: start the application by CoreFactory.run(AppModule) of @core-framework/platform there.`,
    );
}
