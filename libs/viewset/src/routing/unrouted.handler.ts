import { clientAnswerOf, MethodNotAllowedException } from '@core-framework/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompiledAction } from '../compiler/compiled-action.js';
import type { CompiledView } from '../compiler/compiled-view.js';
import type { ViewSetRegistry } from '../compiler/viewset.registry.js';
import { acceptedTypes, JSON_TYPE } from '../openapi/content-types.js';
import { describeFields } from '../openapi/field-description.js';
import { resourceName } from '../openapi/resource-name.js';
import { ActionContext } from '../pipeline/action-context.js';
import type { CallerIdentification } from '../pipeline/caller.js';
import { asHttpError } from '../pipeline/client-errors.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import { allowed, type KnownPath, parametersOf, type RouteTable } from './route-table.js';

/**
 * Answers verbs that a path of a view has no route for: OPTIONS with what the path takes, any other with 405. As
 * everywhere, 401 and 403 come first: OPTIONS is for who may run any of the path's actions, 405 for who has the
 * permissions of the view. What OPTIONS says of an object is what may be done with that one, nothing when it is missing.
 */
export class UnroutedHandler {
  constructor(
    private readonly routes: RouteTable,
    private readonly registry: ViewSetRegistry,
    private readonly caller: CallerIdentification,
  ) {}

  /** Resolves with `false` when the path belongs to no view. */
  readonly handle = async (request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
    const path = this.routes.find(request.url);
    const views = path ? this.#viewsOn(path) : [];
    if (!path || !views.length) return false;
    try {
      if (request.method !== 'OPTIONS') await this.#refuse(path, views, request, reply);
      const usable = await this.#usable(path, views, request, reply);
      await reply
        .code(200)
        .header('allow', allowed(path).join(', '))
        .send(describe(views, actionsOn(path, views), usable));
      return true;
    } catch (error) {
      throw asHttpError(error, reply);
    }
  };

  /** @throws UnauthorizedException, ForbiddenException, RateLimitException, MethodNotAllowedException */
  async #refuse(
    path: KnownPath,
    views: readonly CompiledView[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<never> {
    const principal = await this.caller.identify(request);
    const { method } = request;
    for (const view of views) {
      const context = contextOf(view, method.toLowerCase(), method, { request, reply, principal });
      await (await view.authorize(context)).check(context);
      await view.throttle?.check(context);
    }
    throw new MethodNotAllowedException(method, allowed(path));
  }

  /** The actions on a path that the caller may run on what it names; refuses who may run none whatever it names. */
  async #usable(
    path: KnownPath,
    views: readonly CompiledView[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<readonly CompiledAction[]> {
    const principal = await this.caller.identify(request);
    const usable: CompiledAction[] = [];
    let isRefused = true;
    let refusal: Error | undefined;
    for (const view of views) {
      for (const action of actionsOn(path, [view])) {
        const context = contextOf(view, action.name, action.route.verb, { request, reply, principal });
        const refused = await (await view.authorize(context)).refusalOf(context);
        if (refused) refusal ??= refused;
        else isRefused = false;
        context.namedParts = parametersOf(path, request.url);
        if (!refused && (await reaches(view, action, context))) usable.push(action);
      }
    }
    if (refusal && isRefused) throw refusal;
    return usable;
  }

  #viewsOn(path: KnownPath): readonly CompiledView[] {
    return this.registry.all.filter((view) => actionsOn(path, [view]).length > 0);
  }
}

/** The context of a request that no pipeline answers, about an action of a view. */
export function contextOf(
  view: CompiledView,
  action: string,
  verb: string,
  { request, reply, principal }: Pick<ActionContext, 'request' | 'reply' | 'principal'>,
): ActionContext {
  const context = new ActionContext(request, reply, principal, action, verb);
  if (view.hasResource) context.model = view.resource.model;
  return context;
}

function actionsOn(path: KnownPath, views: readonly CompiledView[]): readonly CompiledAction[] {
  const ids = new Set(path.routes.values());
  return views.flatMap(({ pipelines }) => pipelines.map(({ action }) => action)).filter(({ id }) => ids.has(id));
}

/** Whether what the path names is there, and the caller may run the action on it. */
async function reaches(view: CompiledView, { route }: CompiledAction, context: ActionContext): Promise<boolean> {
  // A view that is made for each request finds its objects in its own requests only.
  if (!(view.instance instanceof GenericViewSet)) return true;
  try {
    context.parentKey = await view.resource.parent?.findKey(context);
    if (route.detail) await context.authorization?.checkObject(context, await view.instance.getObject(context));
    return true;
  } catch (error) {
    if ((clientAnswerOf(error)?.status ?? 500) < 500) return false;
    throw error;
  }
}

/** What the path takes and answers, and for who may do something here, the fields of what that takes by verb. */
function describe(
  views: readonly CompiledView[],
  known: readonly CompiledAction[],
  usable: readonly CompiledAction[],
): object {
  const [view] = views;
  const entries = usable.map((action) => [action.route.verb, describeFields(action)]);
  return {
    name: view && resourceName(view),
    renders: [JSON_TYPE],
    parses: [...new Set(known.flatMap(acceptedTypes))],
    ...(usable.length && { actions: Object.fromEntries(entries) as object }),
  };
}
