import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { render } from '../code/template.js';
import { FilePlan } from '../output/file-plan.js';
import { type ClassOptions, planClass } from '../single-class/single-class.js';

/** Makes a permission that ViewSets and actions name. */
export function corePermission(options: ClassOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const kind = { suffix: '', role: 'permission', folder: 'permissions' };
    const { className, path } = planClass(tree, { ...options, name: options.name.replace(/-?permission$/i, '') }, kind);
    const text = render('core-permission/files/permission.ts', { className });
    await new FilePlan(tree, logger, options.force).write({ path, text });
  };
}
