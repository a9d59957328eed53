import { modelDefinition } from '@core-framework/orm';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { type AnyClass, resolvedViewSet } from '../metadata/viewset.metadata.js';
import { parameterNames } from '../options/path-parameter.js';
import type { ParentOptions, ViewSetOptions } from '../options/viewset.options.js';
import { viewKindOf } from '../views/view-kind.js';

const SEGMENT = /^(?::\w+|(?!\.{1,2}$)[\w.~-]+)$/;

/**
 * Where the routes of a view are, those of the ViewSets that it is nested under in front: `posts/:post_id/comments`.
 *
 * @throws InvalidOptionError when there is no path, a path that no client could ask for, or no such parent.
 */
export function pathOf(view: AnyClass, options: ViewSetOptions): string {
  const own = ownPathOf(view, options);
  const { parent } = options;
  if (!parent) return own;
  assertParent(view, parent);
  const above = pathOf(parent.viewset, resolvedViewSet(parent.viewset));
  const parameter = parentParameter(parent);
  if (parameterNames(above).includes(parameter)) {
    throw new InvalidOptionError(
      `@ViewSet of ${view.name}`,
      `the path above it has a parameter "${parameter}" already.`,
      'Name another one in "parent": { …, parameter: … }.',
    );
  }
  return `${above}/:${parameter}/${own}`;
}

/** Name of the path parameter that says which parent. */
export function parentParameter({ viewset, parameter, ...parent }: ParentOptions): string {
  const field: string = parent.field;
  return parameter ?? `${field}_${resolvedViewSet(viewset).lookupField ?? 'id'}`;
}

/** @throws InvalidOptionError unless every part of a path is a plain text or the name of a parameter. */
export function checkPath(owner: string, path: string): void {
  const trimmed = path.replace(/^\/|\/$/g, '');
  if (trimmed === '' || trimmed.split('/').every((segment) => SEGMENT.test(segment))) return;
  throw new InvalidOptionError(
    owner,
    `"${path}" is no path.`,
    'Use letters, digits and . _ ~ - between slashes, or :name for a parameter.',
  );
}

function ownPathOf(view: AnyClass, { path, model }: ViewSetOptions): string {
  const owner = `@ViewSet of ${view.name}`;
  const own = path ?? (model && modelDefinition(model).tableName.replaceAll('_', '-'));
  if (own === undefined) {
    throw new InvalidOptionError(owner, 'there is no model to take a path from.', 'Set "path".');
  }
  checkPath(owner, own);
  return own.replace(/^\/|\/$/g, '');
}

function assertParent(view: AnyClass, { viewset }: ParentOptions): void {
  if (typeof viewset === 'function' && viewKindOf(viewset) === 'model' && resolvedViewSet(viewset).model) return;
  throw new InvalidOptionError(
    `@ViewSet of ${view.name}`,
    `its "parent" names ${typeof viewset === 'function' ? viewset.name : 'nothing'}, which is no ViewSet of a model.`,
    'Name a class with @ViewSet({ model }); two files that import each other leave one import undefined.',
  );
}
