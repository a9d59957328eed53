import { STANDARD_ACTIONS } from '../actions/standard-actions.js';
import {
  type ActionCall,
  type ActionHookRegistry,
  type AroundAction,
  type HookedAction,
  MethodNotAllowedException,
  NotFoundException,
  PreconditionFailedException,
  type Principal,
} from '@core-framework/common';
import { atomic, QuerySet, VersionConflictError } from '@core-framework/orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompiledAction } from '../compiler/compiled-action.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import { isSafe } from '../options/http-verb.js';
import type { PlainRows } from '../resource/plain-rows.js';
import type { Resource } from '../resource/resource.js';
import type { Row } from '../schemas/output-property.js';
import type { FileFields } from '../uploads/file-fields.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import { View } from '../views/view.js';
import { ActionContext } from './action-context.js';
import { asHttpError } from './client-errors.js';
import { isLater, type NowOrLater } from './later.js';
import type { PipelineServices } from './pipeline-services.js';
import { readQuery } from './query-parameters.js';
import { parseInput } from './input-parsing.js';
import type { PreparedAnswer, Responder } from './responder.js';
import { changeUnread } from './unread-change.js';
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

  /** Waits only for what is not there at once: a promise for each step would cost as much as the steps. */
  async run(view: View, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    try {
      const caller = this.services.caller.identify(request);
      const context = this.#contextOf(request, reply, isLater(caller) ? await caller : caller);
      const admitted = this.#admit(view, context);
      if (isLater(admitted)) await admitted;
      const plain = this.#plainRowsFor(context);
      const { action } = this;
      const changed =
        plain?.changesUnread && (await changeUnread({ action, resource: this.resource, view, context, plain }));
      if (changed) {
        const prepared = this.responder.prepare(changed, context);
        return this.responder.send(isLater(prepared) ? await prepared : prepared, context);
      }
      if (action.needsInstance && view instanceof GenericViewSet) await this.#findInstance(view, context, plain);
      if (action.input || action.bulk) await this.#readInput(view, context);
      else this.#checkQuery(context);
      if (action.perRequest.output) context.output = await action.perRequest.output(view, context);
      const shown = context.output ?? action.output;
      if (action.shapes && shown) context.output = action.shapes.read(context.query, shown);
      const prepared = this.#perform(view, context, plain);
      return this.responder.send(isLater(prepared) ? await prepared : prepared, context);
    } catch (error) {
      throw asHttpError(error, reply);
    }
  }

  #contextOf(request: FastifyRequest, reply: FastifyReply, principal: Principal): ActionContext {
    const { name, route } = this.action;
    const context = new ActionContext(request, reply, principal, name, route.verb);
    context.isDetail = route.detail;
    context.model = this.resource?.model;
    return context;
  }

  /** Holds the caller to permissions and rates, and the path to what it may be. */
  #admit(view: View, context: ActionContext): NowOrLater<void> {
    const { action, resource } = this;
    if (action.perRequest.authorization || action.throttle || resource?.parent) return this.#admitLater(view, context);
    context.authorization = action.authorization;
    const permitted = action.authorization.check(context);
    return isLater(permitted) ? permitted.then(() => this.#readPath(context)) : this.#readPath(context);
  }

  async #admitLater(view: View, context: ActionContext): Promise<void> {
    const { action, resource } = this;
    context.authorization = (await action.perRequest.authorization?.(view, context)) ?? action.authorization;
    await context.authorization.check(context);
    await action.throttle?.check(context);
    this.#readPath(context);
    if (resource?.parent) context.parentKey = await resource.parent.findKey(context);
  }

  /**
   * @throws NotFoundException when the path holds what its action does not take.
   * @throws MethodNotAllowedException for a verb that a fixed path below the list does not know: it must not be taken for
   * one on the object of that name.
   */
  #readPath(context: ActionContext): void {
    const { route, pathParameters } = this.action;
    const { request, params } = context;
    const shadowing = route.detail ? this.services.routes.shadowing(request) : undefined;
    if (shadowing) throw new MethodNotAllowedException(request.method, shadowing);
    if (pathParameters.length === 0) return;
    context.parsedParams = Object.fromEntries(pathParameters.map(([name, read]) => [name, read(params[name] ?? '')]));
  }

  async #findInstance(
    view: GenericViewSet<object>,
    context: ActionContext,
    plain: PlainRows | undefined,
  ): Promise<void> {
    context.instance = plain ? await this.#findPlain(view, context, plain) : await view.getObject(context);
    // A view that finds its objects in its own way is held to the permissions all the same.
    const allowed = context.authorization?.checkObject(context, context.instance);
    if (isLater(allowed)) await allowed;
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
    const rows = resource.narrowed(view, context);
    const row = await plain.first(resource.lookup.narrow(isLater(rows) ? await rows : rows, context.params));
    if (!row) throw new NotFoundException();
    return row;
  }

  /** Actions of an application read the query themselves; only they know what it may hold. */
  #checkQuery({ request }: ActionContext): void {
    const { standard, shapes, bulk } = this.action;
    if (!standard || bulk || STANDARD_ACTIONS[standard].listing) return;
    readQuery(request, (name) => shapes?.knows(name) ?? false);
  }

  async #readInput(view: View, context: ActionContext): Promise<void> {
    const { action } = this;
    if (action.bulk && view instanceof GenericViewSet) {
      return action.bulk.read(view, context, await action.perRequest.input?.(view, context));
    }
    this.#checkQuery(context);
    if (!action.input) return;
    const schema = action.perRequest.input
      ? ((await action.perRequest.input(view, context)) ?? action.input)
      : action.input;
    const instance = context.hasInstance ? context.instance : undefined;
    const input = await parseInput(action, view, context, schema);
    context.input = input;
    if (action.standard === 'create' && this.resource?.parent) {
      Reflect.set(input, this.resource.parent.field.name, context.parentKey);
    }
    if (!action.standard || !(view instanceof GenericViewSet) || !this.resource) return;
    const validated = instance
      ? view.performUpdateValidation(input, instance, context)
      : view.performCreateValidation(input, context);
    context.input = isLater(validated) ? await validated : validated;
    const unique = this.resource.unique.check(context.input, instance);
    if (isLater(unique)) await unique;
  }

  /** Runs the action, in its transaction if it has one, and makes the answer. */
  #perform(view: View, context: ActionContext, plain: PlainRows | undefined): NowOrLater<PreparedAnswer> {
    const { action, resource } = this;
    const hook = this.#hook;
    const run = async () => {
      if (action.bulk) await action.bulk.lock(context);
      const result = await this.#invoke(view, context, plain);
      return result instanceof QuerySet ? this.#read(view, result as QuerySet<object>, context) : result;
    };
    const work = async () => this.responder.prepare(await (hook ? hook(this.#callOf(context), run) : run()), context);
    if (isSafe(context.method) && !action.transaction) return work();
    // One statement is a transaction of its own.
    const transaction = plain ? undefined : action.transaction;
    if (isSafe(context.method) || !resource?.files) return this.#write(work, context, transaction);
    return this.#writeWithFiles(work, context, resource.files);
  }

  #invoke(view: View, context: ActionContext, plain: PlainRows | undefined): unknown {
    const { action } = this;
    if (!plain || !action.input) return action.invoke(view, context);
    return context.hasInstance ? plain.change(context.instance as Row, context.input) : plain.insert(context.input);
  }

  /** Reads the rows of an action that returned a query set: those that the caller may know of, in pages if asked for. */
  async #read(view: View, asked: QuerySet<object>, context: ActionContext): Promise<unknown> {
    const { action, resource } = this;
    if (!resource || !(view instanceof GenericViewSet) || asked.model !== resource.model.model) return asked.all();
    const rows = await resource.scoped(view, context, asked);
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
  async #writeWithFiles<R>(work: () => Promise<R>, context: ActionContext, fields: FileFields): Promise<R> {
    const files = await fields.prepare(this.action, context);
    if (!files) return this.#write(work, context, this.action.transaction);
    try {
      const result = await this.#write(work, context, this.action.transaction);
      await files.removeReplaced();
      return result;
    } catch (error) {
      await files.discard();
      throw error;
    }
  }

  async #write<R>(
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
