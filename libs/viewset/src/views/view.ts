import { Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ViewSetRegistry } from '../compiler/viewset.registry.js';
import type { CompiledView } from '../compiler/compiled-view.js';
import type { AnyClass } from '../metadata/viewset.metadata.js';
import type { PermissionEntry } from '../permissions/permission.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { InputClass } from '../schemas/input-schema.js';
import type { OutputClass } from '../schemas/output-schema.js';

const REGISTRY = Symbol('ViewSetRegistry');

/** Base of everything that `@ViewSet` makes a controller. */
export abstract class View {
  // Injected into a property, so that the constructor is free for the application's own dependencies.
  @Inject(ViewSetRegistry) private readonly [REGISTRY]!: ViewSetRegistry;

  /**
   * Who may run the action at hand, asked for each request; nothing for what the options say. Classes that it names are
   * instantiated once.
   */
  getPermissions(
    _context: ActionContext,
  ): readonly PermissionEntry[] | undefined | Promise<readonly PermissionEntry[] | undefined> {
    return undefined;
  }

  /**
   * What the action at hand accepts, asked for each request; nothing for what the options say. Each class is compiled
   * when it is first named. The API's documentation shows what the options say.
   */
  getInputSchema(_context: ActionContext): InputClass | undefined | Promise<InputClass | undefined> {
    return undefined;
  }

  /** What is shown of the result of the action at hand, as {@link getInputSchema} says what it accepts. */
  getOutputSchema(_context: ActionContext): OutputClass | undefined | Promise<OutputClass | undefined> {
    return undefined;
  }

  /** What this view was compiled to in the application that it belongs to. */
  static compiled(view: View): CompiledView {
    return view[REGISTRY].get(view.constructor as AnyClass);
  }

  /** Runs the pipeline of one of a view's routes. */
  static run(view: View, id: string, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    return View.compiled(view).run(id, view, request, reply);
  }
}
