import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { addMiddleware } from '../code/edit-middleware.js';
import { render } from '../code/template.js';
import { FilePlan } from '../output/file-plan.js';
import { relativeImport } from '../project/workspace.js';
import { type ClassOptions, planClass } from '../single-class/single-class.js';

/** Makes a middleware and has the module above it apply it to all routes. */
export function coreMiddleware(options: ClassOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const kind = { suffix: 'Middleware', role: 'middleware', folder: 'middleware' };
    const { className, path, project } = planClass(tree, options, kind);
    const plan = new FilePlan(tree, logger, options.force);
    await plan.write({ path, text: render('core-middleware/files/middleware.ts', { className }) });
    if (options.skipImport || project.mentions(className).some((file) => file !== path)) return;
    const module = project.moduleAbove(path);
    const imported = module && { name: className, from: relativeImport(module, path) };
    const changed = imported && addMiddleware(project.workspace.read(module) ?? '', imported);
    if (!module || !imported || changed === undefined) {
      logger.warn(`Apply ${className} yourself: the module above it has a configure() of its own.`);
      return;
    }
    await plan.edit(module, (before) => addMiddleware(before, imported) ?? before);
  };
}
