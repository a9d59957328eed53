import { createRequire } from 'node:module';
import { logging } from '@angular-devkit/core';
import { lastValueFrom } from 'rxjs';
import { NodeWorkflow } from '@angular-devkit/schematics/tools/index.js';

/** One generator with its options. */
export interface SchematicRun {
  /** Root of the workspace that it changes. */
  readonly folder: string;
  /** Its name in the collection, such as `core-resource`, or that of one of Nest's own. */
  readonly schematic: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether nothing is written. @defaultValue false */
  readonly dryRun?: boolean;
}

/** What a generator did. */
export interface SchematicResult {
  /** Files that it changed, by paths from the folder, in order. */
  readonly changes: readonly SchematicChange[];
  /** What it said besides: files that stay as they are, migrations that were made. */
  readonly messages: readonly string[];
}

/** What became of a file. */
export interface SchematicChange {
  readonly kind: 'create' | 'update' | 'delete' | 'rename';
  readonly path: string;
}

/** The file of this package's collection. */
export const COLLECTION = createRequire(import.meta.url).resolve('@core-framework/schematics/collection.json');

/**
 * Runs a generator on a workspace, as `nest generate` does.
 *
 * @throws GeneratorError, or whatever the generator throws; nothing is written then.
 */
export async function runSchematic({
  folder,
  schematic,
  options,
  dryRun = false,
}: SchematicRun): Promise<SchematicResult> {
  // Generators decide by themselves what they may write over.
  const workflow = new NodeWorkflow(folder, { force: true, dryRun, resolvePaths: [folder], schemaValidation: true });
  const changes: SchematicChange[] = [];
  const messages: string[] = [];
  const failures: string[] = [];
  workflow.reporter.subscribe((event) => {
    const path = event.path.replace(/^\/+/, '');
    if (event.kind === 'error') failures.push(`${path}: ${event.description}`);
    else changes.push({ kind: event.kind, path: event.kind === 'rename' ? event.to : path });
  });
  const logger = new logging.Logger('schematic');
  logger.subscribe(({ message }) => messages.push(message));
  await lastValueFrom(workflow.execute({ collection: COLLECTION, schematic, options, logger, allowPrivate: true }), {
    defaultValue: undefined,
  });
  if (failures.length) throw new Error(failures.join('\n'));
  return { changes, messages };
}
