import { STANDARD_ACTIONS } from '../actions/standard-actions.js';
import {
  type ActionCall,
  type ActionHookRegistry,
  type AroundAction,
  type HookedAction,
  MethodNotAllowedException,
  NotFoundException,
  PreconditionFailedException,
} from '@core-framework/common';
import { atomic, QuerySet, VersionConflictError } from '@core-framework/orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompiledAction } from '../compiler/compiled-action.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import { isSafe } from '../options/http-verb.js';
import type { Authorization } from '../permissions/authorization.js';
import type { PlainRows } from '../resource/plain-rows.js';
import type { Resource } from '../resource/resource.js';
import type { Row } from '../schemas/output-property.js';
import type { FileChanges } from '../uploads/file-fields.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';
import { ActionContext } from './action-context.js';
import { asHttpError } from './client-errors.js';
import type { PipelineServices } from './pipeline-services.js';
import { readQuery } from './query-parameters.js';
import { readBody } from './request-body.js';
import type { Responder } from './responder.js';
import { checkIfMatch } from './version-tag.js';

/**
 * Answers the requests to one route, always in the same order: 401, 403, 429, 405, 404, 403 of the object, 412, 415 and 400
 * of the body, 400 of its contents, then the action in its transaction.
 */
export class ActionPipeline {
  #hooked!: HookedAction;
  #hook?: AroundAction;

  constructor(
    readonly action: CompiledAction,
    private readonly services: PipelineServices,
    private readonly responder: Responder,
    private readonly resource: Resource | undefined,
  ) {}

  /** Finds out who wants to run around the action; to be called once all packages are up. */
  bindHooks(view: AnyClass, registry: ActionHookRegistry): void {
    const { name, route, transaction } = this.action;
    this.#hooked = Object.freeze({ view, name, verb: route.verb, transaction: transaction !== undefined });
    this.#hook = registry.bind(this.#hooked);
  }

  async run(view: View, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    try {
      return await this.#answer(view, request, reply);
    } catch (error) {
      throw asHttpError(error, reply);
    }
  }

  async #answer(view: View, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { action } = this;
    const principal = await this.services.caller.identify(request);
    const { verb, detail } = action.route;
    const context = new ActionContext(request, reply, principal, action.name, verb);
    context.isDetail = detail;
    context.model = this.resource?.model;
    const authorization = (await action.perRequest.authorization?.(view, context)) ?? action.authorization;
    context.authorization = authorization;
    await authorization.check(context);
    if (action.throttle) await action.throttle.check(context);
    this.#refuseShadowed(request);
    if (action.pathParameters.length) context.parsedParams = this.#readPath(context);
    if (this.resource?.parent) context.parentKey = await this.resource.parent.findKey(context);
    const plain = this.#plainRowsFor(context);
    if (action.needsInstance && view instanceof GenericViewSet) {
      await this.#findInstance(view, context, authorization, plain);
    }
    await this.#readInput(view, context);
    if (action.perRequest.output) context.output = await action.perRequest.output(view, context);
    const shown = context.output ?? action.output;
    if (action.shapes && shown) context.output = action.shapes.read(context.query, shown);
    const invoke = plain && action.input ? () => writePlain(plain, context) : () => action.invoke(view, context);
    const run = async () => this.#complete(view, await invoke(), context);
    const hook = this.#hook;
    const work = async () =>
      this.responder.prepare(hook ? await hook(this.#callOf(context), run) : await run(), context);
    const files = isSafe(verb) ? undefined : await this.resource?.files?.prepare(action, context);
    // One statement is a transaction of its own.
    const transaction = plain ? undefined : action.transaction;
    const prepared = files
      ? await this.#performWithFiles(work, context, files)
      : await this.#perform(work, context, transaction);
    return this.responder.send(prepared, context);
  }

  /** A verb that a fixed path below the list does not know must not be taken for one on the object of that name. */
  #refuseShadowed(request: FastifyRequest): void {
    if (!this.action.route.detail) return;
    const known = this.services.routes.shadowing(request);
    if (known) throw new MethodNotAllowedException(request.method, known);
  }

  /** @throws NotFoundException when the path holds what its action does not take. */
  #readPath({ params }: ActionContext): Readonly<Record<string, string | number>> {
    return Object.fromEntries(this.action.pathParameters.map(([name, read]) => [name, read(params[name] ?? '')]));
  }

  async #findInstance(
    view: GenericViewSet<object>,
    context: ActionContext,
    authorization: Authorization,
    plain: PlainRows | undefined,
  ): Promise<void> {
    context.instance = plain ? await this.#findPlain(view, context, plain) : await view.getObject(context);
    // A view that finds its objects in its own way is held to the permissions all the same.
    await authorization.checkObject(context, context.instance);
    if (!isSafe(context.method)) checkIfMatch(context.request, this.resource?.versionOf(context.instance));
  }

  /** Whoever runs around the action is shown an instance, and whoever asks for another shape gets it of one. */
  #plainRowsFor({ query }: ActionContext): PlainRows | undefined {
    const { plainRows, shapes } = this.action;
    if (!plainRows || this.#hook) return undefined;
    return shapes && Object.keys(query).length > 0 ? undefined : plainRows;
  }

  /** What {@link GenericViewSet.getObject} finds, as a plain row. */
  async #findPlain(view: GenericViewSet<object>, context: ActionContext, plain: PlainRows): Promise<object> {
    const { resource } = View.compiled(view);
    const row = await plain.first(resource.lookup.narrow(await resource.narrowed(view, context), context.params));
    if (!row) throw new NotFoundException();
    return row;
  }

  async #readInput(view: View, context: ActionContext): Promise<void> {
    const { action } = this;
    if (action.bulk && view instanceof GenericViewSet) {
      return action.bulk.read(view, context, await action.perRequest.input?.(view, context));
    }
    // Actions of an application read the query themselves; only they know what it may hold.
    if (action.standard && !STANDARD_ACTIONS[action.standard].listing) {
      readQuery(context.request, (name) => action.shapes?.knows(name) ?? false);
    }
    if (!action.input) return;
    const schema = (await action.perRequest.input?.(view, context)) ?? action.input;
    const instance = context.hasInstance ? context.instance : undefined;
    const scope = view instanceof GenericViewSet ? view.relationScopeFor(context) : undefined;
    const takesForms = action.route.options?.form ?? schema.uploads.size > 0;
    const input = await schema.read(await readBody(context.request, takesForms), {
      partial: action.partial,
      instance,
      scope,
    });
    context.input = input;
    if (action.standard === 'create' && this.resource?.parent) {
      Reflect.set(input, this.resource.parent.field.name, context.parentKey);
    }
    if (!action.standard || !(view instanceof GenericViewSet) || !this.resource) return;
    context.input = instance
      ? await view.performUpdateValidation(input, instance, context)
      : await view.performCreateValidation(input, context);
    await this.resource.unique.check(context.input, instance);
  }

  /** Reads the rows of an action that returned a query set: those that the caller may know of, in pages if asked for. */
  async #complete(view: View, result: unknown, context: ActionContext): Promise<unknown> {
    const { action, resource } = this;
    if (!(result instanceof QuerySet)) return result;
    if (!resource || !(view instanceof GenericViewSet) || result.model !== resource.model.model) return result.all();
    const rows = await resource.scoped(view, context, result as QuerySet<object>);
    return action.listing?.list(rows, context, context.output ?? action.output) ?? rows.all();
  }

  #callOf(context: ActionContext): ActionCall {
    const { request, principal } = context;
    return {
      action: this.#hooked,
      request,
      principal,
      ...(this.action.input && { input: context.input }),
      ...(context.hasInstance && { instance: context.instance }),
    };
  }

  /** Files are stored before the transaction and removed after it: it never waits for them. */
  async #performWithFiles<R>(work: () => Promise<R>, context: ActionContext, files: FileChanges): Promise<R> {
    try {
      const result = await this.#perform(work, context, this.action.transaction);
      await files.removeReplaced();
      return result;
    } catch (error) {
      await files.discard();
      throw error;
    }
  }

  async #perform<R>(
    work: () => Promise<R>,
    { request }: ActionContext,
    transaction: CompiledAction['transaction'],
  ): Promise<R> {
    try {
      return await (transaction ? atomic(work, transaction) : work());
    } catch (error) {
      const lostRace = error instanceof VersionConflictError && request.headers['if-match'] !== undefined;
      throw lostRace ? new PreconditionFailedException() : error;
    }
  }
}

function writePlain(plain: PlainRows, context: ActionContext): Promise<object> {
  return context.hasInstance ? plain.change(context.instance as Row, context.input) : plain.insert(context.input);
}
