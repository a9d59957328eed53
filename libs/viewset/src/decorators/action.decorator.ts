import { isStandardAction } from '../actions/standard-actions.js';
import { InvalidOptionError, ReservedActionNameError } from '../errors/viewset.errors.js';
import { recordAction } from '../metadata/viewset.metadata.js';
import { HTTP_VERBS } from '../options/http-verb.js';
import { ERROR_STATUSES } from '../openapi/error.components.js';
import { checkOptions } from '../options/option-kinds.js';
import { checkBodyLimit } from '../routing/body-limit.js';
import { ACTION_OPTIONS, type ActionOptions } from '../options/viewset.options.js';

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
    checkOptions(owner, options, ACTION_OPTIONS);
    if (isStandardAction(method)) throw new ReservedActionNameError(view, method);
    const { method: one, methods } = options;
    if (methods && (one !== undefined || methods.length === 0)) {
      const problem = one === undefined ? 'its "methods" are none.' : 'it has both "method" and "methods".';
      throw new InvalidOptionError(
        owner,
        problem,
        "Write one of the two: method: 'POST' or methods: ['PUT', 'PATCH'].",
      );
    }
    for (const verb of methods ?? (one === undefined ? [] : [one])) {
      if (!HTTP_VERBS.includes(verb)) {
        throw new InvalidOptionError(owner, `"${verb}" is not a verb of actions.`, `Use ${HTTP_VERBS.join(', ')}.`);
      }
    }
    const { status = 200 } = options;
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new InvalidOptionError(owner, `its "status" is ${String(status)}.`, 'Give a status from 200 to 599.');
    }
    const unknown = options.errors?.find((error) => !ERROR_STATUSES.includes(String(error)));
    if (unknown !== undefined) {
      const fix = `Use some of ${ERROR_STATUSES.join(', ')}.`;
      throw new InvalidOptionError(owner, `its "errors" have ${String(unknown)}, which is no error's status.`, fix);
    }
    checkBodyLimit(owner, options.bodyLimit);
    recordAction(prototype, method, options);
  };
}
