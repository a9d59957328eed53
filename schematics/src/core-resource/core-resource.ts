import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { scheduleMigration } from '../core-migration/schedule-migration.js';
import { hasFactoryElsewhere } from '../model-parts/model-parts.js';
import { FilePlan, type Reporter, type WantedFile } from '../output/file-plan.js';
import { factoryFile, missingFactories, repositoryFile, seederFile, serviceFile } from '../resource/data.parts.js';
import { writeModel } from '../resource/model.part.js';
import { registerModule, writeModule } from '../resource/module.part.js';
import { type Resource, resolveResource } from '../resource/resource.js';
import type { ResourceOptions } from '../resource/resource.options.js';
import { testFile } from '../resource/test.part.js';
import { schemasFile, viewsetFile } from '../resource/viewset.part.js';

/** Makes a resource with all that belongs to it; running it again adds what is missing and keeps what was edited. */
export function coreResource(options: ResourceOptions): Rule {
  return async (tree: Tree, context: SchematicContext) => {
    const { logger } = context;
    const resource = resolveResource(tree, options, logger);
    const plan = new FilePlan(tree, logger, options.force);
    const { service = true, factory = true, seeder = true, spec = true, test = spec } = options;
    await writeModel(resource, plan, logger);
    resource.project.refresh();
    const files: ((subject: Resource) => WantedFile | undefined)[] = [
      schemasFile,
      viewsetFile,
      ...(service ? [repositoryFile, serviceFile] : []),
      ...(factory && !hasFactoryElsewhere(resource) ? [factoryFile] : []),
      ...(seeder && factory ? [seederFile] : []),
    ];
    const earlier = beforeThisRun(resource);
    if (factory) for (const file of missingFactories(resource)) await plan.write(file);
    for (const part of files) await writePart(part, { resource, earlier, plan });
    await writeModule(resource, plan, logger);
    if (!options.skipImport) await registerModule(resource, plan, logger);
    if (test && factory && resource.hasOwnRules) {
      logger.info(`${resource.names.className}ViewSet has rules of its own, which no test can be generated for.`);
    } else if (test && factory) {
      const ofTest = (subject: Resource) => testFile(subject, { seeder: seeder && factory });
      const made = await writePart(ofTest, { resource, earlier, plan });
      if (!made)
        logger.warn('No test was made: no module of the application opens a database with CoreOrmModule.forRoot().');
    }
    if (!resource.existing) tellWhetherAnybodySignsIn(resource, logger);
    scheduleMigration({ resource, wanted: options.migration, context });
  };
}

/** Who writes has signed in; where nobody can, the routes would only ever answer 401. */
function tellWhetherAnybodySignsIn({ names, project }: Resource, reporter: Reporter): void {
  const root = project.rootModule();
  const text = (root && project.workspace.read(root.path)) ?? '';
  const isKnown = ['AuthModule', 'AUTHENTICATOR'].some(
    (name) => text.includes(name) || project.mentions(name).length > 0,
  );
  if (isKnown) return;
  reporter.info(
    `Nobody can sign in yet, so ${names.pluralWords} answer 401: import AuthModule of @core-framework/auth, or provide an AUTHENTICATOR.`,
  );
}

/** The resource as the last run left it, for telling files that nobody edited. */
function beforeThisRun(resource: Resource): Resource | undefined {
  const { existing, fields, newFields } = resource;
  if (!existing || newFields.length === 0) return undefined;
  return { ...resource, fields: fields.filter((field) => !newFields.includes(field)) };
}

interface PartSubject {
  readonly resource: Resource;
  readonly earlier?: Resource;
  readonly plan: FilePlan;
}

async function writePart(
  part: (subject: Resource) => WantedFile | undefined,
  { resource, earlier, plan }: PartSubject,
): Promise<boolean> {
  const file = part(resource);
  if (!file) return false;
  await plan.write({ ...file, earlier: earlier && part(earlier)?.text });
  return true;
}
