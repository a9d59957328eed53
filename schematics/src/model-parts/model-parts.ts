import { posix } from 'node:path';
import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { scheduleMigration } from '../core-migration/schedule-migration.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { suggestion } from '../names/did-you-mean.js';
import { modelNames } from '../names/names.js';
import { FilePlan, type WantedFile } from '../output/file-plan.js';
import { Project } from '../project/project.js';
import { Workspace } from '../project/workspace.js';
import { factoryFile, missingFactories, repositoryFile, seederFile, serviceFile } from '../resource/data.parts.js';
import { writeModel } from '../resource/model.part.js';
import { registerModule, writeModule } from '../resource/module.part.js';
import { type Resource, resolveResource } from '../resource/resource.js';
import type { ResourceOptions } from '../resource/resource.options.js';
import { testFile } from '../resource/test.part.js';
import { partPath, schemasFile, viewsetFile } from '../resource/viewset.part.js';

/** Makes a model, or adds fields to one, and makes it known to its module. */
export function coreModel(options: ResourceOptions): Rule {
  return async (tree: Tree, context: SchematicContext) => {
    const resource = resolveResource(tree, options, context.logger);
    const plan = new FilePlan(tree, context.logger, options.force);
    await writeModel(resource, plan, context.logger);
    await register(resource, options, { plan, context });
    scheduleMigration({ resource, wanted: options.migration, context });
  };
}

/** Makes the schemas and the ViewSet of a model. */
export const coreViewset = partGenerator(schemasFile, viewsetFile);

export const coreRepository = partGenerator(repositoryFile);

/** Makes the service of a model, and the repository that it works by. */
export const coreService = partGenerator(repositoryFile, serviceFile);

/** Makes the factory of a model, and those of models that its rows need. */
export const coreFactory = partGenerator(factoryFile);

export const coreSeeder = partGenerator(factoryFile, seederFile);

export const coreTest = partGenerator(factoryFile, (resource) => {
  const seeder = resource.project.workspace.tree.exists(partPath(resource, 'seeder'));
  if (resource.hasOwnRules) {
    throw new GeneratorError(
      'GENERATOR_OWN_RULES',
      `${resource.names.className}ViewSet has rules of its own, which no test can be generated for.`,
      'Write the test by hand, after that of another resource.',
    );
  }
  const file = testFile(resource, { seeder });
  if (file) return file;
  throw new GeneratorError(
    'GENERATOR_NO_DATABASE',
    'No module of the application opens a database, so there is nothing that a test could start.',
    'Import CoreOrmModule.forRoot() in the root module.',
  );
});

/** A generator of parts of a model that is there. */
function partGenerator(...parts: readonly ((resource: Resource) => WantedFile)[]) {
  return (options: ResourceOptions): Rule =>
    async (tree: Tree, context: SchematicContext) => {
      requireModel(tree, options);
      const resource = resolveResource(tree, { ...options, fields: undefined, type: undefined }, context.logger);
      const plan = new FilePlan(tree, context.logger, options.force);
      if (parts.includes(factoryFile)) for (const file of missingFactories(resource)) await plan.write(file);
      for (const part of parts) {
        if (part === factoryFile && hasFactoryElsewhere(resource)) continue;
        await plan.write(part(resource));
      }
      await register(resource, options, { plan, context });
    };
}

/** A factory that stands in another file is used, not made again. */
export function hasFactoryElsewhere(resource: Resource): boolean {
  const found = resource.project.findExport(`${resource.names.className}Factory`);
  return found !== undefined && found.path !== partPath(resource, 'factory');
}

function requireModel(tree: Tree, options: ResourceOptions): void {
  const workspace = new Workspace(tree);
  const project = new Project(workspace, workspace.place(options));
  const { className } = modelNames(posix.basename(options.name));
  if (project.findModel(className)) return;
  const known = project.models.map((model) => model.className);
  throw new GeneratorError(
    'GENERATOR_UNKNOWN_MODEL',
    `There is no model ${className}.`,
    `${suggestion(className, known)} Make it by core-model ${className}.`.trim(),
  );
}

async function register(
  resource: Resource,
  { skipImport }: ResourceOptions,
  { plan, context: { logger } }: { readonly plan: FilePlan; readonly context: SchematicContext },
): Promise<void> {
  const hasOwnParts = [...plan.outcomes].some(
    ([path, outcome]) => outcome === 'created' && path.startsWith(resource.folder),
  );
  if (!hasOwnParts) return;
  await writeModule(resource, plan, logger);
  if (!skipImport) await registerModule(resource, plan, logger);
}
