import { AuthOptionsError } from '../errors/auth.errors.js';

/**
 * Types do not see what a factory answers too much, so that a name that is mistyped would be passed over.
 *
 * @throws AuthOptionsError for the first name that is no option.
 */
export function refuseUnknownOptions(
  module: string,
  options: object | undefined,
  known: readonly string[],
  beside: readonly string[],
): void {
  if (typeof options !== 'object') throw new AuthOptionsError(`${module} was given no options.`, 'Answer an object.');
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new AuthOptionsError(
      `${module}: "${name}" is no option${beside.includes(name) ? ' that a factory answers' : ''}.`,
      beside.includes(name)
        ? `Name ${name} beside useFactory: what is served is known before the factory is asked.`
        : `Use some of ${[...known, ...beside].sort().join(', ')}.`,
    );
  }
}
