import { InvalidOptionError } from '../errors/viewset.errors.js';
import { FILTER_VALUES } from '../filtering/filter-value.js';
import { type FilterOptions, recordFilter } from '../metadata/viewset.metadata.js';

/**
 * Makes a method of a `FilterSet` a query parameter of its name: it gets the rows, the value and the context of the
 * action, and returns the narrowed rows.
 *
 * @throws InvalidOptionError when the class is defined, for a kind of value that does not exist.
 */
export function Filter(options: FilterOptions = {}): MethodDecorator {
  return (prototype, method) => {
    if (typeof method !== 'string') return;
    if (options.kind !== undefined && !Object.hasOwn(FILTER_VALUES, options.kind)) {
      throw new InvalidOptionError(
        `@Filter of ${prototype.constructor.name}#${method}`,
        `"kind" is "${options.kind}".`,
        `Use one of ${Object.keys(FILTER_VALUES).join(', ')}.`,
      );
    }
    recordFilter(prototype, method, options);
  };
}
