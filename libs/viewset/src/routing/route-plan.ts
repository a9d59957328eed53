import { isModel, modelDefinition } from '@core-framework/orm';
import { isStandardAction, STANDARD_ACTIONS, type StandardAction } from '../actions/standard-actions.js';
import { DuplicateRouteError, InvalidOptionError, UnknownActionError } from '../errors/viewset.errors.js';
import { actionsOf, type AnyClass, parametersOf } from '../metadata/viewset.metadata.js';
import type { HttpVerb } from '../options/http-verb.js';
import { isPathParameterKind, parameterNames } from '../options/path-parameter.js';
import { checkOption, checkOptions } from '../options/option-kinds.js';
import { VIEWSET_OPTIONS, type ActionOptions, type ViewSetOptions } from '../options/viewset.options.js';
import { type ViewKind, viewKindOf } from '../views/view-kind.js';
import { checkBodyLimit } from './body-limit.js';
import { checkPath } from './nested-path.js';

/** One verb on one path of a view, and the method that answers it. */
export interface PlannedRoute {
  /** Name of the action and of the method. */
  readonly action: string;
  readonly verb: HttpVerb;
  readonly detail: boolean;
  /** Below the view's own path, without slashes at its ends. */
  readonly path: string;
  readonly status: number;
  /** What `@Action` said; absent for standard actions and the verbs of an ApiView. */
  readonly options?: ActionOptions;
}

/** Methods by which an ApiView answers, and their verbs. */
const VERB_METHODS: Readonly<Record<string, HttpVerb>> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
};

/**
 * Works out the routes of a view from its methods and options.
 *
 * @throws UnknownOptionError, InvalidOptionError, UnknownActionError, DuplicateRouteError
 */
export function planRoutes(view: AnyClass, options: ViewSetOptions): readonly PlannedRoute[] {
  const kind = viewKindOf(view);
  checkViewSet(view, kind, options);
  const routes = [
    ...(kind === 'api' ? verbRoutes(view) : standardRoutes(view, options)),
    ...actionRoutes(view, options, kind),
  ];
  checkActionNames(view, options, new Set(routes.map(({ action }) => action)));
  checkDuplicates(view, routes);
  return routes;
}

/** Name of the path parameter that holds the lookup value. */
export function lookupParameter(options: ViewSetOptions): string {
  return options.lookupField ?? 'id';
}

function standardRoutes(view: AnyClass, options: ViewSetOptions): PlannedRoute[] {
  const implemented = Object.keys(STANDARD_ACTIONS).filter((name) => has(view, name));
  for (const name of options.actions ?? []) {
    if (!implemented.includes(name)) throw new UnknownActionError(view.name, name, 'actions', implemented);
  }
  return implemented
    .filter(isStandardAction)
    .filter((name) => isOffered(STANDARD_ACTIONS[name], options))
    .filter((name) => !options.actions || options.actions.includes(name))
    .map((name) => {
      const { verb, detail, status, path } = STANDARD_ACTIONS[name];
      const parts = [detail ? `:${lookupParameter(options)}` : '', path ?? ''];
      return { action: name, verb, detail, status, path: parts.filter(Boolean).join('/') };
    });
}

/** Whether a ViewSet of these options has an action that its class has a method for. */
function isOffered({ bulk, deleted }: StandardAction, { bulk: asked, trash = true, model }: ViewSetOptions): boolean {
  if (bulk) return asked?.[bulk] === true;
  return !deleted || (trash && isModel(model) && modelDefinition(model).deletedField !== undefined);
}

function verbRoutes(view: AnyClass): PlannedRoute[] {
  return Object.entries(VERB_METHODS)
    .filter(([name]) => has(view, name))
    .map(([name, verb]) => {
      const options = actionsOf(view).get(name);
      return { action: name, verb, detail: false, path: '', status: options?.status ?? 200, options };
    });
}

function actionRoutes(view: AnyClass, viewSet: ViewSetOptions, kind: ViewKind): PlannedRoute[] {
  return [...actionsOf(view)]
    .filter(([name]) => !(kind === 'api' && Object.hasOwn(VERB_METHODS, name)))
    .flatMap(([name, options]) => {
      const takesInstance = parametersOf(view, name).includes('instance');
      const detail = options.detail ?? takesInstance;
      checkAction(view, name, options, { kind, detail, takesInstance });
      const tail = (options.path ?? name).replace(/^\/+|(?<!\/)\/+$/g, '');
      const path = [...(detail ? [`:${lookupParameter(viewSet)}`] : []), ...(tail ? [tail] : [])].join('/');
      const verbs = options.methods ?? [options.method ?? 'GET'];
      return verbs.map((verb) => ({ action: name, verb, detail, path, status: options.status ?? 200, options }));
    });
}

function has(view: AnyClass, method: string): boolean {
  return typeof (view.prototype as Record<string, unknown>)[method] === 'function';
}

/** @throws InvalidOptionError when an action asks for what a view of its kind does not have. */
function checkAction(
  view: AnyClass,
  name: string,
  { path = name, params = {} }: ActionOptions,
  { kind, detail, takesInstance }: { kind: ViewKind; detail: boolean; takesInstance: boolean },
): void {
  const owner = `@Action of ${view.name}#${name}`;
  if (takesInstance && !detail) {
    const problem = 'it is no detail action but has a parameter with @Instance().';
    throw new InvalidOptionError(owner, problem, 'Drop "detail: false" or the marker.');
  }
  if (takesInstance && kind !== 'model') {
    const problem = 'it has a parameter with @Instance(), but there is no model to find one of.';
    throw new InvalidOptionError(owner, problem, 'Extend GenericViewSet, or drop the marker.');
  }
  checkPath(owner, path);
  const known = parameterNames(path);
  const marked = parametersOf(view, name).flatMap((marker) => (marker?.startsWith(':') ? marker.slice(1) : []));
  const unknown = [...Object.keys(params), ...marked].find((parameter) => !known.includes(parameter));
  if (unknown !== undefined) {
    const problem = `it speaks of the parameter "${unknown}", which its path "${path}" does not have.`;
    throw new InvalidOptionError(owner, problem, `Write :${unknown} into "path".`);
  }
  const odd = Object.keys(params).find((parameter) => !isPathParameterKind(params[parameter]));
  if (odd !== undefined) {
    const fix = "Use 'string', 'integer', 'uuid', 'slug', a list of texts or a regular expression.";
    throw new InvalidOptionError(owner, `the kind of its parameter "${odd}" is none.`, fix);
  }
}

/** Options that say something about rows. */
const OF_MODELS = ['model', 'input', 'output', 'uniqueFields', 'pagination', 'filter', 'search', 'ordering', 'parent'];

function checkViewSet(view: AnyClass, kind: ViewKind, options: ViewSetOptions): void {
  const owner = `@ViewSet of ${view.name}`;
  const idle = kind === 'model' ? undefined : Object.keys(options).find((option) => OF_MODELS.includes(option));
  if (idle !== undefined) {
    const problem = `"${idle}" says something about a model, which ${view.name} does not have.`;
    throw new InvalidOptionError(owner, problem, 'Extend ModelViewSet, or drop the option.');
  }
  checkOptions(owner, options, VIEWSET_OPTIONS);
  for (const [action, entries] of Object.entries(options.permissionsByAction ?? {})) {
    checkOption(`"permissionsByAction" of ${owner}`, action, entries, 'list');
  }
  checkBodyLimit(owner, options.bodyLimit);
}

function checkActionNames(view: AnyClass, options: ViewSetOptions, known: ReadonlySet<string>): void {
  for (const name of Object.keys(options.permissionsByAction ?? {})) {
    // An entry may speak of a standard action that `actions` switched off, in a parent class perhaps.
    if (known.has(name) || (isStandardAction(name) && has(view, name))) continue;
    throw new UnknownActionError(view.name, name, 'permissionsByAction', known);
  }
}

function checkDuplicates(view: AnyClass, routes: readonly PlannedRoute[]): void {
  const seen = new Map<string, string>();
  for (const { action, verb, path } of routes) {
    const key = `${verb} /${path.replace(/:\w+/g, ':')}`;
    const other = seen.get(key);
    if (other !== undefined) throw new DuplicateRouteError(`${verb} ${view.name}/${path}`, other, action);
    seen.set(key, action);
  }
}
