import { fileURLToPath } from 'node:url';
import { HostTree, type Tree } from '@angular-devkit/schematics';
import { SchematicTestRunner, UnitTestTree } from '@angular-devkit/schematics/testing/index.js';
import * as schematics from '../schematics.js';

const COLLECTION = fileURLToPath(new URL('../../collection.json', import.meta.url));

const FACTORIES = new Map<string, unknown>(Object.entries(schematics));

/** A new application with accounts, in memory. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({ name: 'shop', type: 'module', private: true }),
  'nest-cli.json': JSON.stringify({ sourceRoot: 'src' }),
  'src/app.module.ts': `import { Module } from '@nestjs/common';
import { SettingsModule } from '@core-framework/config';
import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { UsersModule } from './users/users.module.js';

@Module({
  imports: [
    SettingsModule.forRoot(),
    CoreOrmModule.forRoot({ migrations: new URL('./migrations/', import.meta.url), schema: 'migrate' }),
    ViewSetModule.forRoot(),
    UsersModule,
  ],
})
export class AppModule {}
`,
  'src/users/users.module.ts': `import { Module } from '@nestjs/common';
import { CoreOrmModule } from '@core-framework/orm';
import { User } from './user.model.js';

@Module({ imports: [CoreOrmModule.forFeature([User])] })
export class UsersModule {}
`,
  'src/users/user.model.ts': `import { BaseModel, Field, type Manager, Model } from '@core-framework/orm';

/** Somebody. */
@Model({ tableName: 'users' })
export class User extends BaseModel {
  declare static readonly objects: Manager<User>;

  @Field.email({ unique: true }) email!: string;
}
`,
};

/** What a generator did. */
export interface Run {
  readonly tree: UnitTestTree;
  /** What it said, a line per entry. */
  readonly said: readonly string[];
  /** The schematics that are to run once the files are written. */
  readonly tasks: readonly string[];
}

/** A workspace in memory; entries of `files` replace those of a new application, `undefined` takes one away. */
export function virtualWorkspace(files: Readonly<Record<string, string | undefined>> = {}): UnitTestTree {
  const tree = new UnitTestTree(new HostTree());
  for (const [path, text] of Object.entries({ ...FILES, ...files })) if (text !== undefined) tree.create(path, text);
  return tree;
}

/**
 * Runs a generator of the collection in a workspace, which it changes. Options are checked by its schema; its factory is
 * the one of these sources, as Jest has no `require` that could load them.
 */
export async function generate(schematic: string, options: object, tree: Tree = virtualWorkspace()): Promise<Run> {
  const runner = new SchematicTestRunner('@core-framework/schematics', COLLECTION);
  const host = Reflect.get(runner, '_engineHost') as Record<'_resolveReferenceString', unknown>;
  host._resolveReferenceString = (reference: string, path: string) => ({
    ref: FACTORIES.get(reference.split('#')[1] ?? ''),
    path,
  });
  const said: string[] = [];
  runner.logger.subscribe(({ message }) => said.push(message));
  const result = await runner.runSchematic(schematic, options, tree);
  const tasks = runner.tasks.map((task) => String(Reflect.get(task.options ?? {}, 'name') ?? task.name));
  return { tree: result, said, tasks };
}
