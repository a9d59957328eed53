import { Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import type { CompiledView } from '../compiler/compiled-view.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';

const REGISTRY = Symbol('ViewSetRegistry');

/** Base of everything that `@ViewSet` makes a controller. */
export abstract class View {
  // Injected into a property, so that the constructor is free for the application's own dependencies.
  @Inject(ViewSetRegistry) private readonly [REGISTRY]!: ViewSetRegistry;

  /** What this view was compiled to in the application that it belongs to. */
  static compiled(view: View): CompiledView {
    return view[REGISTRY].get(view.constructor as AnyClass);
  }

  /** Runs the pipeline of one of a view's routes. */
  static run(view: View, id: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    return View.compiled(view).run(id, view, request, reply);
  }
}
