import type { Connections } from '@core-framework/orm';
import type { ModuleRef } from '@nestjs/core';
import { isStandardAction, STANDARD_ACTIONS, type StandardActionName } from '../actions/standard-actions.js';
import { bulkLimitOf } from '../bulk/bulk-options.js';
import { BulkReader } from '../bulk/bulk-reader.js';
import { InvalidOptionError } from '../errors/viewset.errors.js';
import { type AnyClass, parametersOf, resolvedViewSet } from '../metadata/viewset.metadata.js';
import { isSafe } from '../options/http-verb.js';
import { checkedResponseFormat } from '../options/response-format.js';
import { resolveThrottles } from '../options/throttle.options.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import type { CursorSeal } from '../pagination/cursor-seal.js';
import { PaginationCompiler } from '../pagination/pagination.compiler.js';
import { Authorization } from '../permissions/authorization.js';
import type { PermissionEntry } from '../permissions/permission.js';
import { ActionPipeline } from '../pipeline/action-pipeline.js';
import type { PipelineServices } from '../pipeline/pipeline-services.js';
import { Responder } from '../pipeline/responder.js';
import type { Listing } from '../resource/listing.js';
import type { Resource } from '../resource/resource.js';
import { pathOf } from '../routing/nested-path.js';
import { routeId } from '../routing/route-key.js';
import { type PlannedRoute, planRoutes } from '../routing/route-plan.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import { compileInput } from '../schemas/input.compiler.js';
import type { InputClass } from '../schemas/input-schema.js';
import type { OutputCompiler } from '../schemas/output.compiler.js';
import { Presenter } from '../schemas/presenter.js';
import type { ManagerFinder, RelatedRows } from '../schemas/related-rows.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import { ReadOnlyModelViewSet } from '../views/read-only-model.viewset.js';
import { ViewThrottle } from '../throttling/view-throttle.js';
import type { View } from '../views/view.js';
import { viewKindOf } from '../views/view-kind.js';
import type { ResolvedViewSetModuleOptions } from '../viewset.options.js';
import { compilePathParameters, invokerOf, pathParameterKinds } from './action-parameters.js';
import type { UploadServices } from '../uploads/upload-services.js';
import type { CompiledAction, PerRequest } from './compiled-action.js';
import { CompiledView } from './compiled-view.js';
import { PermissionCompiler, permissionEntriesOf } from './permission.compiler.js';
import { compilePlainRows } from './plain-rows.compiler.js';
import { compileRequestHooks } from './request-hooks.js';
import { compileResource } from './resource.compiler.js';

/** What the views of an application are compiled with. */
export interface CompilationServices {
  readonly pipeline: PipelineServices;
  readonly defaults: ResolvedViewSetModuleOptions;
  readonly outputs: OutputCompiler;
  readonly relatedRows: RelatedRows;
  readonly uploads: UploadServices;
  readonly managerOf: ManagerFinder;
  readonly cursorSeal: CursorSeal;
  /** Finds a compiled view; to be asked once all of them are. */
  readonly viewOf: (view: AnyClass) => CompiledView;
  /** The application's databases; absent when it has none. */
  readonly connections?: Connections;
}

/** One view as the module that registers it knows it. */
export interface ViewSource {
  readonly view: AnyClass;
  /** The module that registers it: what its permissions and paginations inject is found there. */
  readonly module: ModuleRef;
  /** The one instance of the class; absent when each request gets its own. */
  readonly instance: View | undefined;
}

/** Turns the decorated class into what answers its requests: all that can be decided once is decided here. */
export class ViewCompiler {
  constructor(private readonly services: CompilationServices) {}

  async compile({ view, module, instance }: ViewSource): Promise<CompiledView> {
    const options = resolvedViewSet(view);
    const { caller } = this.services.pipeline;
    const permissions = new PermissionCompiler(module);
    const paginations = new PaginationCompiler(this.services.defaults, this.services.cursorSeal, module);
    const resource =
      viewKindOf(view) === 'model'
        ? await compileResource(view.name, options, { ...this.services, paginations, module })
        : undefined;
    const subject = { view: view.name, model: resource?.model };
    const hidesObjects = options.hideForbidden ?? false;
    const authorizationBy = async (entries: readonly PermissionEntry[]) =>
      new Authorization(await permissions.compile(subject, entries), caller, hidesObjects);
    const perRequest = compileRequestHooks(view, {
      subject,
      permissions,
      caller,
      hidesObjects,
      outputs: this.services.outputs,
      compileInput: (schema) => this.#inputOf(schema, resource),
    });
    const presenter = new Presenter(this.services.outputs, resource?.output);
    const pipelines = await Promise.all(
      planRoutes(view, options).map(async (route) => {
        const authorization = await authorizationBy(
          permissionEntriesOf(route, options, this.services.defaults.permissions),
        );
        const listing = await this.#listing(view, route, resource, paginations);
        const action = this.#action(view, {
          route,
          authorization,
          perRequest,
          resource,
          listing,
          throttle: this.#throttle(view, options, route),
        });
        return new ActionPipeline(action, this.services.pipeline, new Responder(action, presenter, resource), resource);
      }),
    );
    const authorization = await authorizationBy(options.permissions ?? this.services.defaults.permissions);
    const throttle = this.#throttle(view, options);
    return new CompiledView({ view, options, authorization, perRequest, throttle, pipelines, resource, instance });
  }

  /** How often callers may run an action, or ask for what is none; `undefined` when nothing limits that. */
  #throttle(view: AnyClass, options: ViewSetOptions, route?: PlannedRoute): ViewThrottle | undefined {
    const path = pathOf(view, options);
    const own = route?.options?.throttle;
    const resolved =
      own !== undefined
        ? resolveThrottles(`@Action of ${view.name}#${route?.action}`, own, `${path}#${route?.action}`)
        : options.throttle !== undefined
          ? resolveThrottles(`@ViewSet of ${view.name}`, options.throttle, path)
          : resolveThrottles('ViewSetModule', this.services.defaults.throttle, 'default');
    return resolved.length ? new ViewThrottle(resolved, this.services.pipeline.throttling) : undefined;
  }

  /** How the list that an action answers is cut; `undefined` when it answers none. */
  async #listing(
    view: AnyClass,
    { action, options }: PlannedRoute,
    resource: Resource | undefined,
    paginations: PaginationCompiler,
  ): Promise<Listing | undefined> {
    if (!options) return isStandardAction(action) && STANDARD_ACTIONS[action].listing ? resource?.listing : undefined;
    if (options.pagination === undefined) return undefined;
    const owner = `@Action of ${view.name}#${action}`;
    if (!resource) throw new InvalidOptionError(owner, 'it has "pagination" but no model.', 'Drop the option.');
    const { model, listing, shapes } = resource;
    const pagination = await paginations.compile(owner, options.pagination, model, listing.rules.ordering.paths);
    return listing.with(pagination, options.output ? undefined : shapes);
  }

  #action(
    view: AnyClass,
    { route, authorization, perRequest, resource, listing, throttle }: ActionParts,
  ): CompiledAction {
    const { action: name, verb, options } = route;
    const standard = resource && !options && isStandardAction(name) ? name : undefined;
    const { many, output } = this.#output(options?.output, standard !== undefined || listing !== undefined, resource);
    const transaction = this.#transaction(route, resource);
    return {
      id: routeId(view, name, verb),
      name,
      route,
      standard,
      authorization,
      throttle,
      perRequest,
      pathParameters: compilePathParameters(pathParameterKinds(view, route)),
      needsInstance: standard
        ? needsInstance(view, standard, authorization, perRequest)
        : resource !== undefined && route.detail,
      input: standard ? bodyOf(standard, resource) : this.#input(view, route, resource),
      plainRows: standard && resource && compilePlainRows(view, standard, { authorization, perRequest, resource }),
      bulk: standard && resource && bulkReaderOf(view, standard, resource, transaction),
      partial: standard !== undefined && STANDARD_ACTIONS[standard].body === 'partial',
      output,
      shapes: output === resource?.output ? shapesOf(standard, listing, resource) : undefined,
      responseFormat: checkedResponseFormat(
        `@ViewSet of ${view.name}`,
        options?.responseFormat ?? resolvedViewSet(view).responseFormat ?? this.services.defaults.responseFormat,
      ),
      shape: shapeOf(standard, output !== undefined, many, listing),
      listing,
      transaction,
      invoke: invokerOf(view, name),
    };
  }

  #transaction({ verb, options }: PlannedRoute, resource?: Resource): CompiledAction['transaction'] {
    const { connections } = this.services;
    if (!(options?.transaction ?? (!isSafe(verb) && connections !== undefined))) return undefined;
    return { database: resource ? connections?.of(resource.model.model) : connections?.main };
  }

  #input(view: AnyClass, { action, verb, options }: PlannedRoute, resource?: Resource): CompiledInput | undefined {
    const position = parametersOf(view, action).indexOf('input');
    const types = (Reflect.getMetadata('design:paramtypes', view.prototype, action) ?? []) as unknown[];
    const schema = options?.input ?? (position >= 0 ? types[position] : undefined);
    if (typeof schema !== 'function' || schema === Object || isSafe(verb)) return undefined;
    return this.#inputOf(schema as InputClass, resource);
  }

  #inputOf(schema: InputClass, resource?: Resource): CompiledInput {
    const ignored = new Set(resource?.output.properties.map((property) => property.name));
    return compileInput(schema, {
      ignored,
      relatedRows: this.services.relatedRows,
      allowedExtensions: this.services.uploads.allowedExtensions,
      fixed: resource?.parent?.field.name,
    });
  }

  #output(stated: NonNullable<PlannedRoute['options']>['output'], isStandard: boolean, resource?: Resource) {
    const many = Array.isArray(stated);
    const schema = (many ? stated[0] : stated) as InputClass | undefined;
    if (schema) return { many, output: this.services.outputs.compile(schema) };
    return { many, output: isStandard ? resource?.output : undefined };
  }
}

/** What an action is compiled of. */
interface ActionParts {
  readonly route: PlannedRoute;
  readonly authorization: Authorization;
  readonly perRequest: PerRequest;
  readonly resource: Resource | undefined;
  readonly listing: Listing | undefined;
  readonly throttle: ViewThrottle | undefined;
}

/** Reading one row needs no entity unless a permission or the application's own code wants to see it. */
function needsInstance(
  view: AnyClass,
  name: StandardActionName,
  { checksObjects }: Authorization,
  perRequest: PerRequest,
): boolean {
  if (!STANDARD_ACTIONS[name].detail) return false;
  if (name !== 'retrieve' || checksObjects || perRequest.authorization) return true;
  const { getObject, retrieve } = view.prototype as ReadOnlyModelViewSet<object>;
  return getObject !== GenericViewSet.prototype.getObject || retrieve !== ReadOnlyModelViewSet.prototype.retrieve;
}

function bodyOf(name: StandardActionName, resource?: Resource): CompiledInput | undefined {
  return STANDARD_ACTIONS[name].body ? resource?.input : undefined;
}

function bulkReaderOf(
  view: AnyClass,
  name: StandardActionName,
  resource: Resource,
  transaction: CompiledAction['transaction'],
): BulkReader | undefined {
  const action = STANDARD_ACTIONS[name];
  const maxItems = bulkLimitOf(`@ViewSet of ${view.name}`, resolvedViewSet(view).bulk);
  const locksRows = transaction !== undefined && transaction.database?.dialect !== 'sqlite';
  return action.bulk && new BulkReader(action, resource, maxItems, locksRows);
}

/** What clients may choose of the rows that an action answers by the view's own schema. */
function shapesOf(
  standard: StandardActionName | undefined,
  listing: Listing | undefined,
  resource: Resource | undefined,
): CompiledAction['shapes'] {
  if (listing) return listing.rules.shapes;
  const showsOne = standard && standard !== 'destroy' && !STANDARD_ACTIONS[standard].bulk;
  return showsOne ? resource?.shapes : undefined;
}

function shapeOf(
  standard: StandardActionName | undefined,
  hasOutput: boolean,
  many: boolean,
  listing: Listing | undefined,
): CompiledAction['shape'] {
  if (standard === 'destroy' || standard === 'bulkDestroy') return 'none';
  if (listing) return listing.pagination ? 'page' : 'many';
  if (standard && STANDARD_ACTIONS[standard].bulk) return 'many';
  if (!hasOutput) return 'anything';
  return many ? 'many' : 'one';
}
