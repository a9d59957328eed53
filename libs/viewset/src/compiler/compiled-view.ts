import type { FastifyReply, FastifyRequest } from 'fastify';
import { MissingModelError } from '../errors/viewset.errors.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import type { Authorization } from '../permissions/authorization.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { ActionPipeline } from '../pipeline/action-pipeline.js';
import type { Resource } from '../resource/resource.js';
import type { ViewThrottle } from '../throttling/view-throttle.js';
import type { View } from '../views/view.js';
import type { PerRequest } from './compiled-action.js';

/** What a {@link CompiledView} is made of. */
export interface CompiledViewParts {
  readonly view: AnyClass;
  readonly options: ViewSetOptions;
  /** Who may learn that the view does not know a verb: its `permissions`, whatever single actions say. */
  readonly authorization: Authorization;
  readonly perRequest: PerRequest;
  /** How often callers may ask for what is no action. */
  readonly throttle: ViewThrottle | undefined;
  readonly pipelines: readonly ActionPipeline[];
  readonly resource: Resource | undefined;
  /** The one instance of the class; absent when each request gets its own. */
  readonly instance: View | undefined;
}

/** A view as one application runs it. */
export class CompiledView {
  readonly view: AnyClass;
  readonly options: ViewSetOptions;
  readonly instance: View | undefined;
  readonly throttle: ViewThrottle | undefined;
  readonly pipelines: readonly ActionPipeline[];
  readonly #authorization: Authorization;
  readonly #perRequest: PerRequest;
  readonly #byRoute: ReadonlyMap<string, ActionPipeline>;
  readonly #authorizations: ReadonlyMap<string, Authorization>;
  readonly #resource: Resource | undefined;

  constructor(parts: CompiledViewParts) {
    this.view = parts.view;
    this.options = parts.options;
    this.instance = parts.instance;
    this.throttle = parts.throttle;
    this.pipelines = parts.pipelines;
    this.#authorization = parts.authorization;
    this.#perRequest = parts.perRequest;
    this.#byRoute = new Map(parts.pipelines.map((pipeline) => [pipeline.action.id, pipeline]));
    this.#authorizations = new Map(parts.pipelines.map(({ action }) => [action.name, action.authorization]));
    this.#resource = parts.resource;
  }

  /** @throws MissingModelError in a view that serves no model. */
  get resource(): Resource {
    if (!this.#resource) throw new MissingModelError(this.view.name);
    return this.#resource;
  }

  get hasResource(): boolean {
    return this.#resource !== undefined;
  }

  /** Who may run an action, as far as the options say. */
  authorizationOf(action: string): Authorization {
    const authorization = this.#authorizations.get(action);
    if (!authorization) throw new TypeError(`${this.view.name} has no action "${action}".`);
    return authorization;
  }

  /** Who may do what a context is about, outside of the pipelines; the view's own `permissions` where it is no action. */
  async authorize(context: ActionContext): Promise<Authorization> {
    const decided = this.instance && (await this.#perRequest.authorization?.(this.instance, context));
    return (context.authorization = decided ?? this.#authorizations.get(context.action) ?? this.#authorization);
  }

  /** Answers a request to one of the view's routes. */
  run(id: string, view: View, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const pipeline = this.#byRoute.get(id);
    if (!pipeline) throw new TypeError(`${this.view.name} has no route "${id}".`);
    return pipeline.run(view, request, reply);
  }
}
