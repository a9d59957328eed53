import { ForeignParameterError } from '../errors/viewset.errors.js';
import { type AnyClass, hasRouterParameters, type ParameterKind, parametersOf } from '../metadata/viewset.metadata.js';
import {
  compilePathParameter,
  parameterNames,
  type PathParameterKind,
  type ReadPathParameter,
} from '../options/path-parameter.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { PlannedRoute } from '../routing/route-plan.js';
import type { CompiledAction } from './compiled-action.js';

/**
 * Makes the function that calls an action's method with its parameters filled.
 *
 * @throws ForeignParameterError when a parameter waits for Nest's router.
 */
export function invokerOf(view: AnyClass, name: string): CompiledAction['invoke'] {
  if (hasRouterParameters(view, name)) throw new ForeignParameterError(view.name, name);
  const kinds = parametersOf(view, name);
  const readers = Array.from({ length: Math.max(kinds.length, 1) }, (_, index) => readerOf(kinds[index]));
  return (target, context) => {
    const method = (target as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
    return method?.apply(
      target,
      readers.map((read) => read(context)),
    );
  };
}

function readerOf(kind: ParameterKind | undefined): (context: ActionContext) => unknown {
  if (kind === 'input') return ({ input }) => input;
  if (kind === 'instance') return ({ instance }) => instance;
  if (kind?.startsWith(':')) return (context) => context.param(kind.slice(1));
  return (context) => context;
}

/** What the parameters of an action's own path may be, by what its options and the types of its parameters say. */
export function pathParameterKinds(
  view: AnyClass,
  { action, options }: Pick<PlannedRoute, 'action' | 'options'>,
): ReadonlyMap<string, PathParameterKind> {
  const types = (Reflect.getMetadata('design:paramtypes', view.prototype, action) ?? []) as unknown[];
  const typed = parametersOf(view, action).flatMap((kind, index): [string, PathParameterKind][] =>
    kind?.startsWith(':') ? [[kind.slice(1), types[index] === Number ? 'integer' : 'string']] : [],
  );
  const plain = parameterNames(options?.path ?? '').map((name) => [name, 'string'] as const);
  return new Map([...plain, ...typed, ...Object.entries(options?.params ?? {})]);
}

export function compilePathParameters(
  kinds: ReadonlyMap<string, PathParameterKind>,
): readonly (readonly [string, ReadPathParameter])[] {
  return [...kinds].map(([name, kind]) => [name, compilePathParameter(kind)] as const);
}
