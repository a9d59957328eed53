import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { format } from '../code/format.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { Project } from '../project/project.js';
import { Workspace } from '../project/workspace.js';
import type { MigrationOptions } from './migration.options.js';

/** Makes the next migration of the application by its `core makemigrations`, which loads the models as they are on the disk. */
export function coreMigration(options: MigrationOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const workspace = new Workspace(tree);
    const root = new Project(workspace, workspace.place(options)).rootModule();
    if (!root) {
      throw new GeneratorError(
        'GENERATOR_NO_DATABASE',
        'No module of the application opens a database.',
        'Import CoreOrmModule.forRoot() in the root module.',
      );
    }
    logger.info(await makeMigration(join(process.cwd(), root.path), options.name));
  };
}

async function makeMigration(module: string, name: string | undefined): Promise<string> {
  const core = join(process.cwd(), 'node_modules', '@core-framework', 'cli', 'bin', 'core.mjs');
  if (!existsSync(core)) {
    throw new GeneratorError(
      'GENERATOR_NO_MIGRATION',
      'The files are written, but no migration could be made: @core-framework/cli is not installed.',
      'Install it, then run "core makemigrations".',
    );
  }
  const words = [core, 'makemigrations', '--module', module, ...(name === undefined ? [] : ['--name', name])];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) {
    const written = /^Written to (.+\.ts)\. /m.exec(complaint)?.[1];
    if (written !== undefined) await formatOnDisk(written);
    return said.trim();
  }
  throw new GeneratorError(
    'GENERATOR_NO_MIGRATION',
    `The files are written, but no migration could be made:\n${(complaint || said).trim()}`,
    'Run "core makemigrations" once that is gone.',
  );
}

/** Migrations are written in the framework's style; the project may have another one. */
async function formatOnDisk(path: string): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const formatted = await format(relative(process.cwd(), path), text);
  if (formatted !== text) writeFileSync(path, formatted);
}
