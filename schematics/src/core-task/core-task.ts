import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { render } from '../code/template.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { camelCase, wordsOf } from '../names/names.js';
import { FilePlan } from '../output/file-plan.js';
import { relativeImport } from '../project/workspace.js';
import { registerNear } from '../registration/register.js';
import { checkChannel, type ClassOptions, planClass } from '../single-class/single-class.js';

/** Options of core-task. */
interface TaskOptions extends ClassOptions {
  /** @defaultValue 'default' */
  readonly queue?: string;
  /** How often a failed run is tried again. @defaultValue 3 */
  readonly retry?: number;
  /** The queue as well. */
  readonly type?: string;
}

/** Makes a background task and lists it among the providers of its module. */
export function coreTask(options: TaskOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const { base, className, path, project } = planClass(tree, options, {
      suffix: 'Task',
      role: 'task',
      folder: 'tasks',
    });
    const queue = checkChannel('a queue', options.queue ?? (options.type || 'default'));
    const retry = options.retry ?? 3;
    if (!Number.isInteger(retry) || retry < 0) {
      throw new GeneratorError(
        'GENERATOR_INVALID_RETRY',
        `A task cannot be retried ${retry} times.`,
        'Give a whole number.',
      );
    }
    const words = wordsOf(base).join(' ');
    const title = words.charAt(0).toUpperCase() + words.slice(1);
    const text = render('core-task/files/task.ts', { className, method: camelCase(base), queue, retry, title });
    const plan = new FilePlan(tree, logger, options.force);
    await plan.write({ path, text });
    if (options.skipImport) return;
    const registration = (module: string) => ({
      list: 'providers' as const,
      entry: className,
      imports: [{ name: className, from: relativeImport(module, path) }],
    });
    await registerNear(path, { className, registration }, { project, plan, reporter: logger });
    if (project.mentions('TasksModule').length === 0) {
      logger.warn('Nothing runs tasks yet: import TasksModule.forRoot() of @core-framework/tasks in the root module.');
    }
  };
}
