import { type Database, QuerySet } from '@core-framework/orm';
import type { ModuleRef } from '@nestjs/core';
import { isStandardAction, STANDARD_ACTIONS } from '../actions/standard-actions.js';
import { ForeignParameterError, InvalidOptionError } from '../errors/viewset.errors.js';
import { type AnyClass, hasRouterParameters, parametersOf, resolvedViewSet } from '../metadata/viewset.metadata.js';
import { isSafe } from '../options/http-verb.js';
import type { CursorSeal } from '../pagination/cursor-seal.js';
import { PaginationCompiler } from '../pagination/pagination.compiler.js';
import { Authorization } from '../permissions/authorization.js';
import { ActionPipeline } from '../pipeline/action-pipeline.js';
import type { PipelineServices } from '../pipeline/pipeline-services.js';
import { Responder } from '../pipeline/responder.js';
import type { Listing } from '../resource/listing.js';
import type { Resource } from '../resource/resource.js';
import { routeId } from '../routing/route-key.js';
import { type PlannedRoute, planRoutes } from '../routing/route-plan.js';
import { compileInput, type CompiledInput } from '../schemas/input.compiler.js';
import type { InputClass } from '../schemas/input-schema.js';
import type { OutputCompiler } from '../schemas/output.compiler.js';
import { Presenter } from '../schemas/presenter.js';
import type { ManagerFinder, RelatedRows } from '../schemas/related-rows.js';
import { ApiView } from '../views/api.view.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import { ReadOnlyModelViewSet } from '../views/read-only-model.viewset.js';
import { View } from '../views/view.js';
import type { ResolvedViewSetModuleOptions } from '../viewset.options.js';
import type { CompiledAction } from './compiled-action.js';
import { CompiledView } from './compiled-view.js';
import { PermissionCompiler, permissionEntriesOf } from './permission.compiler.js';
import { compileResource } from './resource.compiler.js';

/** What the views of an application are compiled with. */
export interface CompilationServices {
  readonly pipeline: PipelineServices;
  readonly defaults: ResolvedViewSetModuleOptions;
  readonly outputs: OutputCompiler;
  readonly relatedRows: RelatedRows;
  readonly managerOf: ManagerFinder;
  readonly cursorSeal: CursorSeal;
  /** The application's database; absent when it has none. */
  readonly database?: Database;
}

/** Turns the decorated class into what answers its requests: all that can be decided once is decided here. */
export class ViewCompiler {
  constructor(private readonly services: CompilationServices) {}

  async compile(view: AnyClass, module: ModuleRef): Promise<CompiledView> {
    const permissions = new PermissionCompiler(module);
    const options = resolvedViewSet(view);
    const isApiView = view.prototype instanceof ApiView;
    const paginations = new PaginationCompiler(this.services.defaults, this.services.cursorSeal, module);
    const resource = isApiView
      ? undefined
      : await compileResource(view.name, options, { ...this.services, paginations });
    const presenter = new Presenter(this.services.outputs, resource?.output);
    const routes = planRoutes(view, options, isApiView);
    const pipelines = await Promise.all(
      routes.map(async (route) => {
        const entries = permissionEntriesOf(route, options, this.services.defaults.permissions);
        const authorization = new Authorization(
          await permissions.compile(view.name, entries),
          this.services.pipeline.caller,
        );
        const listing = await this.#listing(view, route, resource, paginations);
        const action = this.#action(view, route, authorization, resource, listing);
        const responder = new Responder(action, presenter, resource);
        return new ActionPipeline(action, this.services.pipeline, responder, resource);
      }),
    );
    const general = await permissions.compile(view.name, options.permissions ?? this.services.defaults.permissions);
    return new CompiledView(
      view,
      options,
      new Authorization(general, this.services.pipeline.caller),
      pipelines,
      resource,
    );
  }

  /** How the list that an action answers is cut; `undefined` when it answers none. */
  async #listing(
    view: AnyClass,
    { action, options }: PlannedRoute,
    resource: Resource | undefined,
    paginations: PaginationCompiler,
  ): Promise<Listing | undefined> {
    if (!options) return action === 'list' ? resource?.listing : undefined;
    if (options.pagination === undefined) return undefined;
    const owner = `@Action of ${view.name}#${action}`;
    if (!resource) throw new InvalidOptionError(owner, 'it has "pagination" but no model.', 'Drop the option.');
    const { model, listing } = resource;
    return listing.withPagination(await paginations.compile(owner, options.pagination, model, listing.rules.ordering));
  }

  #action(
    view: AnyClass,
    route: PlannedRoute,
    authorization: Authorization,
    resource: Resource | undefined,
    listing: Listing | undefined,
  ): CompiledAction {
    const { action: name, verb, options } = route;
    const standard = resource && !options && isStandardAction(name) ? name : undefined;
    const { many, output } = this.#output(options?.output, standard !== undefined || listing !== undefined, resource);
    const invoke = invokerOf(view, name);
    return {
      id: routeId(view, name, verb),
      name,
      route,
      standard,
      authorization,
      needsInstance: standard ? needsInstance(view, standard, authorization) : route.detail,
      input: standard ? bodyOf(standard, resource) : this.#input(view, route, resource),
      partial: standard === 'partialUpdate',
      output,
      shape: shapeOf(standard, output !== undefined, many, listing),
      listing,
      transaction: options?.transaction ?? (!isSafe(verb) && this.services.database !== undefined),
      invoke: listing && !standard ? listingInvoker(invoke, listing) : invoke,
    };
  }

  #input(view: AnyClass, { action, verb, options }: PlannedRoute, resource?: Resource): CompiledInput | undefined {
    const position = parametersOf(view, action).indexOf('input');
    const types = (Reflect.getMetadata('design:paramtypes', view.prototype, action) ?? []) as unknown[];
    const schema = options?.input ?? (position >= 0 ? types[position] : undefined);
    if (typeof schema !== 'function' || schema === Object || isSafe(verb)) return undefined;
    const ignored = new Set(resource?.output.properties.map((property) => property.name));
    return compileInput(schema as InputClass, { ignored, relatedRows: this.services.relatedRows });
  }

  #output(stated: NonNullable<PlannedRoute['options']>['output'], isStandard: boolean, resource?: Resource) {
    const many = Array.isArray(stated);
    const schema = (many ? stated[0] : stated) as InputClass | undefined;
    if (schema) return { many, output: this.services.outputs.compile(schema) };
    return { many, output: isStandard ? resource?.output : undefined };
  }
}

/** Reading one row needs no entity unless a permission or the application's own code wants to see it. */
function needsInstance(view: AnyClass, name: keyof typeof STANDARD_ACTIONS, { checksObjects }: Authorization): boolean {
  if (!STANDARD_ACTIONS[name].detail) return false;
  if (name !== 'retrieve' || checksObjects) return true;
  const { getObject, retrieve } = view.prototype as ReadOnlyModelViewSet<object>;
  return getObject !== GenericViewSet.prototype.getObject || retrieve !== ReadOnlyModelViewSet.prototype.retrieve;
}

function bodyOf(name: keyof typeof STANDARD_ACTIONS, resource?: Resource): CompiledInput | undefined {
  return 'body' in STANDARD_ACTIONS[name] ? resource?.input : undefined;
}

function shapeOf(
  standard: keyof typeof STANDARD_ACTIONS | undefined,
  hasOutput: boolean,
  many: boolean,
  listing: Listing | undefined,
): CompiledAction['shape'] {
  if (standard === 'destroy') return 'none';
  if (listing) return listing.pagination ? 'page' : 'many';
  if (!hasOutput) return 'anything';
  return many ? 'many' : 'one';
}

/** Cuts the QuerySet that an action returns, and leaves any other answer as it is. */
function listingInvoker(invoke: CompiledAction['invoke'], listing: Listing): CompiledAction['invoke'] {
  return async (view, context) => {
    const answer = await invoke(view, context);
    if (!(answer instanceof QuerySet) || !(view instanceof GenericViewSet)) return answer;
    const rows = await View.compiled(view).resource.scoped(view, context, answer as QuerySet<object>);
    return listing.list(rows, context.request);
  };
}

/** @throws ForeignParameterError when a parameter waits for Nest's router. */
function invokerOf(view: AnyClass, name: string): CompiledAction['invoke'] {
  if (hasRouterParameters(view, name)) throw new ForeignParameterError(view.name, name);
  const kinds = parametersOf(view, name);
  const count = Math.max(kinds.length, 1);
  return (target, context) => {
    const method = (target as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
    const args = Array.from({ length: count }, (_, index) => {
      const kind = kinds[index];
      return kind === 'input' ? context.input : kind === 'instance' ? context.instance : context;
    });
    return method?.apply(target, args);
  };
}
