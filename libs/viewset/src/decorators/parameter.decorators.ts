import { type ParameterKind, recordParameter } from '../metadata/viewset.metadata.js';

function marker(kind: ParameterKind): ParameterDecorator {
  return (prototype, method, index) => {
    if (typeof method === 'string') recordParameter(prototype, method, index, kind);
  };
}

/** Fills a parameter of an action with the validated body, an instance of the parameter's class. */
export const Input = (): ParameterDecorator => marker('input');

/** Fills a parameter of an action with the object that the path names, found and allowed. */
export const Instance = (): ParameterDecorator => marker('instance');

/**
 * Fills a parameter of an action with a parameter of its path: `path: 'rating/:stars'` and `@PathParam('stars') stars:
 * number`. A parameter of type `number` takes whole numbers only; what does not fit is 404.
 */
export const PathParam = (name: string): ParameterDecorator => marker(`:${name}`);

/** Fills a parameter of an action with the {@link ActionContext}; so is a parameter without a marker. */
export const Context = (): ParameterDecorator => marker('context');
