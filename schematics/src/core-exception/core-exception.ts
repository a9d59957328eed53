import type { Rule, SchematicContext, Tree } from '@angular-devkit/schematics';
import { render } from '../code/template.js';
import { GeneratorError } from '../errors/generator.errors.js';
import { snakeCase, wordsOf } from '../names/names.js';
import { FilePlan } from '../output/file-plan.js';
import { type ClassOptions, planClass } from '../single-class/single-class.js';

/** Options of core-exception. */
interface ExceptionOptions extends ClassOptions {
  /** HTTP status of the answer. @defaultValue 400 */
  readonly status?: number;
  /** The same as text. */
  readonly type?: string | number;
}

/** Makes an exception that the framework renders with its own status and code. */
export function coreException(options: ExceptionOptions): Rule {
  return async (tree: Tree, { logger }: SchematicContext) => {
    const kind = { suffix: 'Exception', role: 'exception', folder: 'exceptions' };
    const { base, className, path } = planClass(tree, options, kind);
    const status = Number(options.status ?? (options.type || 400));
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new GeneratorError(
        'GENERATOR_INVALID_STATUS',
        `${options.status ?? options.type} is no status of an error.`,
        'Give one from 400 to 599: -s 402.',
      );
    }
    const words = wordsOf(base).join(' ');
    const detail = `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
    const text = render('core-exception/files/exception.ts', { className, status, code: snakeCase(base), detail });
    await new FilePlan(tree, logger, options.force).write({ path, text });
  };
}
