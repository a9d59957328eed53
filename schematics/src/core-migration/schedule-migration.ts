import type { SchematicContext } from '@angular-devkit/schematics';
import { RunSchematicTask } from '@angular-devkit/schematics/tasks/index.js';
import { snakeCase } from '../names/names.js';
import type { Resource } from '../resource/resource.js';
import type { MigrationOptions } from './migration.options.js';

/** Whether a migration is wanted for what became of a model; unsaid, it follows from the application. */
export interface WantedMigration {
  readonly resource: Resource;
  readonly wanted?: boolean;
  readonly context: SchematicContext;
}

/** Has a migration made after the files are written, because it is made from the models as they then are. */
export function scheduleMigration({ resource, wanted, context }: WantedMigration): void {
  const { existing, names, newFields, project } = resource;
  const isChanged = !existing || newFields.length > 0;
  if (!isChanged || !(wanted ?? appliesMigrations(resource))) return;
  if (!project.rootModule()) {
    context.logger.warn('No migration was made: no module opens a database with CoreOrmModule.forRoot().');
    return;
  }
  const columns = newFields.slice(0, 3).map(({ name }) => snakeCase(name));
  const name = existing ? `add_${columns.join('_and_')}_to_${names.table}` : `create_${names.table}`;
  const options: MigrationOptions = { name, sourceRoot: project.place.sourceRoot };
  context.addTask(new RunSchematicTask<MigrationOptions>('core-migration', options));
}

/** Whether the application's tables come from migrations when it starts. */
function appliesMigrations({ project }: Resource): boolean {
  const root = project.rootModule();
  return /\bschema:\s*['"]migrate['"]/.test((root && project.workspace.read(root.path)) ?? '');
}
