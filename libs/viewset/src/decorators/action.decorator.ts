import { isStandardAction } from '../actions/standard-actions.js';
import { InvalidOptionError, ReservedActionNameError, UnknownOptionError } from '../errors/viewset.errors.js';
import { recordAction } from '../metadata/viewset.metadata.js';
import { HTTP_VERBS } from '../options/http-verb.js';
import { checkBodyLimit } from '../routing/body-limit.js';
import { ACTION_OPTION_NAMES, type ActionOptions } from '../options/viewset.options.js';

/**
 * Makes a method of a ViewSet an endpoint: `POST /posts/1/publish` for a detail action named `publish`,
 * `GET /posts/featured` for one that is not. Answers 200 with what the method returns; a row becomes what
 * the ViewSet's output schema shows of it.
 *
 * @throws UnknownOptionError, InvalidOptionError, ReservedActionNameError when the class is defined.
 */
export function Action(options: ActionOptions = {}): MethodDecorator {
  return (prototype, method) => {
    if (typeof method !== 'string') return;
    const view = prototype.constructor.name;
    const owner = `@Action of ${view}#${method}`;
    const known: readonly string[] = ACTION_OPTION_NAMES;
    for (const option of Object.keys(options)) {
      if (!known.includes(option)) throw new UnknownOptionError(owner, option, known);
    }
    if (isStandardAction(method)) throw new ReservedActionNameError(view, method);
    for (const verb of options.methods ?? (options.method ? [options.method] : [])) {
      if (!HTTP_VERBS.includes(verb)) {
        throw new InvalidOptionError(owner, `"${verb}" is not a verb of actions.`, `Use ${HTTP_VERBS.join(', ')}.`);
      }
    }
    const { status = 200 } = options;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new InvalidOptionError(owner, `its "status" is ${String(status)}.`, 'Give a status from 200 to 599.');
    }
    checkBodyLimit(owner, options.bodyLimit);
    recordAction(prototype, method, options);
  };
}
