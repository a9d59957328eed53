import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { ViewSetOptions } from '../options/viewset.options.js';
import type { Authorization } from '../permissions/authorization.js';
import type { ActionPipeline } from '../pipeline/action-pipeline.js';
import type { Resource } from '../resource/resource.js';
import { MissingModelError } from '../errors/viewset.errors.js';
import type { View } from '../views/view.js';

/** A view as one application runs it. */
export class CompiledView {
  readonly #pipelines: ReadonlyMap<string, ActionPipeline>;
  readonly #authorizations: ReadonlyMap<string, Authorization>;
  readonly #resource: Resource | undefined;

  constructor(
    readonly view: AnyClass,
    readonly options: ViewSetOptions,
    /** Who may learn that the view does not know a verb: its `permissions`, whatever single actions say. */
    readonly authorization: Authorization,
    pipelines: readonly ActionPipeline[],
    resource: Resource | undefined,
  ) {
    this.#pipelines = new Map(pipelines.map((pipeline) => [pipeline.action.id, pipeline]));
    this.#authorizations = new Map(pipelines.map(({ action }) => [action.name, action.authorization]));
    this.#resource = resource;
  }

  /** @throws MissingModelError in a view that serves no model. */
  get resource(): Resource {
    if (!this.#resource) throw new MissingModelError(this.view.name);
    return this.#resource;
  }

  get hasResource(): boolean {
    return this.#resource !== undefined;
  }

  get pipelines(): readonly ActionPipeline[] {
    return [...this.#pipelines.values()];
  }

  /** Who may run an action. */
  authorizationOf(action: string): Authorization {
    const authorization = this.#authorizations.get(action);
    if (!authorization) throw new TypeError(`${this.view.name} has no action "${action}".`);
    return authorization;
  }

  /** Answers a request to one of the view's routes. */
  run(id: string, view: View, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const pipeline = this.#pipelines.get(id);
    if (!pipeline) throw new TypeError(`${this.view.name} has no route "${id}".`);
    return pipeline.run(view, request, reply);
  }
}
