import type { FilterKind } from '../filtering/filter-value.js';
import type { ActionOptions, ViewSetOptions } from '../options/viewset.options.js';

/** Any class, abstract ones included. */
export type AnyClass = abstract new (...args: never[]) => object;

/** What a parameter of an action asks to be filled with. */
export type ParameterKind = 'input' | 'instance' | 'context' | `:${string}`;

/** A computed field of an output schema. */
export interface ComputedOptions {
  /** The columns that it is made of; without them it gets the whole entity, which costs hydration. */
  readonly from?: readonly string[];
  /** JSON Schema of the value. @defaultValue made of the method's return type */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** A method of a filter class that is a query parameter. */
export interface FilterOptions {
  /** What the parameter takes. @defaultValue what the type of the method's second parameter tells */
  readonly kind?: FilterKind;
  /** The texts that it takes, when only these. */
  readonly choices?: readonly string[];
}

// Private to this file: nobody else reads or writes these keys. Everything is stored as own metadata of the
// class that said it and frozen, so that a subclass sees its parents and never changes them.
const VIEWSET = Symbol.for('@core-framework/viewset:viewset');
const ACTIONS = Symbol.for('@core-framework/viewset:actions');
const PARAMETERS = Symbol.for('@core-framework/viewset:parameters');
const COMPUTED = Symbol.for('@core-framework/viewset:computed');
const FILTERS = Symbol.for('@core-framework/viewset:filters');

/** Where Nest's router keeps parameter decorators; a contract test fails when that changes. */
const NEST_ROUTE_ARGUMENTS = '__routeArguments__';

export function recordViewSet<T extends object>(view: AnyClass, options: ViewSetOptions<T>): void {
  Reflect.defineMetadata(VIEWSET, Object.freeze({ ...options }), view);
}

/** What the class itself said, `undefined` when it carries no `@ViewSet`. */
export function ownViewSet(view: AnyClass): ViewSetOptions | undefined {
  return Reflect.getOwnMetadata(VIEWSET, view) as ViewSetOptions | undefined;
}

/** What the class and its parents said, nearest last, so that the nearest wins. */
export function resolvedViewSet(view: AnyClass): ViewSetOptions {
  const stated = lineage(view).flatMap((ancestor) => ownViewSet(ancestor) ?? []);
  const permissionsByAction = Object.assign({}, ...stated.map((options) => options.permissionsByAction ?? {}));
  return Object.freeze(Object.assign({}, ...stated.map(withoutUndefined), { permissionsByAction }));
}

export function recordAction(prototype: object, method: string, options: ActionOptions): void {
  record(ACTIONS, prototype.constructor as AnyClass, method, Object.freeze({ ...options }));
}

/** The actions of the class and its parents; an overriding method keeps what its parent's decorator said. */
export function actionsOf(view: AnyClass): ReadonlyMap<string, ActionOptions> {
  return merged<ActionOptions>(ACTIONS, view);
}

export function recordParameter(prototype: object, method: string, index: number, kind: ParameterKind): void {
  const view = prototype.constructor as AnyClass;
  const known = own<readonly (ParameterKind | undefined)[]>(PARAMETERS, view)?.get(method) ?? [];
  const kinds = [...known];
  kinds[index] = kind;
  record(PARAMETERS, view, method, Object.freeze(kinds));
}

/** What the parameters of an action ask for, by position. */
export function parametersOf(view: AnyClass, method: string): readonly (ParameterKind | undefined)[] {
  return merged<readonly (ParameterKind | undefined)[]>(PARAMETERS, view).get(method) ?? [];
}

export function recordComputed(prototype: object, method: string, options: ComputedOptions): void {
  record(COMPUTED, prototype.constructor as AnyClass, method, Object.freeze({ ...options }));
}

/** The computed fields of an output schema and its parents. */
export function computedOf(schema: AnyClass): ReadonlyMap<string, ComputedOptions> {
  return merged<ComputedOptions>(COMPUTED, schema);
}

export function recordFilter(prototype: object, method: string, options: FilterOptions): void {
  record(FILTERS, prototype.constructor as AnyClass, method, Object.freeze({ ...options }));
}

/** The filter methods of a filter class and its parents. */
export function filtersOf(filterSet: AnyClass): ReadonlyMap<string, FilterOptions> {
  return merged<FilterOptions>(FILTERS, filterSet);
}

/** Whether a method has parameters that Nest's router would fill. */
export function hasRouterParameters(view: AnyClass, method: string): boolean {
  return lineage(view).some((ancestor) => Reflect.hasOwnMetadata(NEST_ROUTE_ARGUMENTS, ancestor, method));
}

/** The class and its parents, farthest first. */
function lineage(view: AnyClass): AnyClass[] {
  const chain: AnyClass[] = [];
  for (let link: unknown = view; typeof link === 'function' && link !== Function.prototype;) {
    chain.unshift(link as AnyClass);
    link = Object.getPrototypeOf(link);
  }
  return chain;
}

function own<T>(key: symbol, view: AnyClass): ReadonlyMap<string, T> | undefined {
  return Reflect.getOwnMetadata(key, view) as ReadonlyMap<string, T> | undefined;
}

function record<T>(key: symbol, view: AnyClass, name: string, value: T): void {
  Reflect.defineMetadata(key, new Map([...(own<T>(key, view) ?? []), [name, value]]), view);
}

function merged<T>(key: symbol, view: AnyClass): ReadonlyMap<string, T> {
  return new Map(lineage(view).flatMap((ancestor) => [...(own<T>(key, ancestor) ?? [])]));
}

function withoutUndefined(options: ViewSetOptions): Partial<ViewSetOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
