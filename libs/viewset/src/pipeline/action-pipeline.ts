import { MethodNotAllowedException, PreconditionFailedException } from '@core-framework/common';
import { atomic, VersionConflictError } from '@core-framework/orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompiledAction } from '../compiler/compiled-action.js';
import { isSafe } from '../options/http-verb.js';
import type { Resource } from '../resource/resource.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import type { View } from '../views/view.js';
import { ActionContext } from './action-context.js';
import { asHttpError } from './client-errors.js';
import type { PipelineServices } from './pipeline-services.js';
import { readQuery } from './query-parameters.js';
import { readBody } from './request-body.js';
import type { Responder } from './responder.js';
import { checkIfMatch } from './version-tag.js';

/**
 * Answers the requests to one route, always in the same order: 401, 403, 405, 404, 403 of the object, 412, 415 and 400
 * of the body, 400 of its contents, then the action in its transaction.
 */
export class ActionPipeline {
  constructor(
    readonly action: CompiledAction,
    private readonly services: PipelineServices,
    private readonly responder: Responder,
    private readonly resource: Resource | undefined,
  ) {}

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
    const context = new ActionContext(request, reply, principal, action.name, action.route.verb);
    await action.authorization.check(context);
    this.#refuseShadowed(request);
    if (action.needsInstance && view instanceof GenericViewSet) await this.#findInstance(view, context);
    await this.#readInput(view, context);
    const work = async () => this.responder.prepare(await action.invoke(view, context), context);
    const prepared = await this.#perform(work, context);
    return this.responder.send(prepared, context);
  }

  /** A verb that a fixed path below the list does not know must not be taken for one on the object of that name. */
  #refuseShadowed(request: FastifyRequest): void {
    if (!this.action.route.detail) return;
    const known = this.services.routes.shadowing(request);
    if (known) throw new MethodNotAllowedException(request.method, known);
  }

  async #findInstance(view: GenericViewSet<object>, context: ActionContext): Promise<void> {
    context.instance = await view.getObject(context);
    // A view that finds its objects in its own way is held to the permissions all the same.
    await this.action.authorization.checkObject(context, context.instance);
    if (!isSafe(context.method)) checkIfMatch(context.request, this.resource?.versionOf(context.instance));
  }

  async #readInput(view: View, context: ActionContext): Promise<void> {
    const { action } = this;
    // Actions of an application read the query themselves; only they know what it may hold.
    if (action.standard && action.standard !== 'list') readQuery(context.request, () => false);
    if (!action.input) return;
    const instance = context.hasInstance ? context.instance : undefined;
    const input = await action.input.read(await readBody(context.request), { partial: action.partial, instance });
    context.input = input;
    if (!action.standard || !(view instanceof GenericViewSet) || !this.resource) return;
    context.input = instance
      ? await view.performUpdateValidation(input, instance, context)
      : await view.performCreateValidation(input, context);
    await this.resource.unique.check(context.input, instance);
  }

  async #perform<R>(work: () => Promise<R>, { request }: ActionContext): Promise<R> {
    try {
      return await (this.action.transaction ? atomic(work) : work());
    } catch (error) {
      const lostRace = error instanceof VersionConflictError && request.headers['if-match'] !== undefined;
      throw lostRace ? new PreconditionFailedException() : error;
    }
  }
}
