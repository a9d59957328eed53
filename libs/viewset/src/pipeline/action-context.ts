import type { Principal } from '@core-framework/common';
import type { ModelDefinition } from '@core-framework/orm';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MissingContextValueError } from '../errors/viewset.errors.js';
import type { Authorization } from '../permissions/authorization.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';

const ABSENT: unique symbol = Symbol('absent');

/** What is known of the request that an action answers; hooks and permissions get it. */
export class ActionContext<T extends object = object, I extends object = object> {
  #instance: T | typeof ABSENT = ABSENT;
  #input: I | typeof ABSENT = ABSENT;

  /** @internal Set by the pipeline once the object permissions agreed to it. */
  allowed?: object;
  /** @internal Who may run the action, where the view decides that for each request. */
  authorization?: Authorization;
  /** @internal What is shown of the result, where the view decides that for each request. */
  output?: CompiledOutput;
  /** @internal The parts of the path by the names that a ViewSet above the one at hand knows them by. */
  namedParts?: Readonly<Record<string, string>>;
  /** @internal The values of the path's parameters that are no texts. */
  parsedParams?: Readonly<Record<string, string | number>>;
  /** Whether the action works on one object, which the path names. */
  isDetail = false;
  /** The model that the view serves; absent in a view without one. */
  model?: ModelDefinition;
  /**
   * Key of the row that the ViewSet is nested under, in its `parent` field; `undefined` in one that is not nested.
   */
  parentKey?: unknown;

  constructor(
    readonly request: FastifyRequest,
    readonly reply: FastifyReply,
    /** Who is asking; an anonymous caller is a principal too. */
    readonly principal: Principal,
    /** Name of the action. */
    readonly action: string,
    /** The verb that the action answers (GET for a HEAD request). */
    readonly method: string,
  ) {}

  /** The parts of the path that have names. */
  get params(): Readonly<Record<string, string>> {
    return this.namedParts ?? (this.request.params as Record<string, string>);
  }

  /** A parameter of the path, read as the action's `params` or the type beside its `@PathParam()` say. */
  param(name: string): string | number | undefined {
    return this.parsedParams?.[name] ?? this.params[name];
  }

  /** The query string as it came; a name that is repeated has an array. */
  get query(): Readonly<Record<string, string | string[]>> {
    return this.request.query as Record<string, string | string[]>;
  }

  /**
   * The object that the path names, found and allowed.
   *
   * @throws MissingContextValueError in an action that works on no object.
   */
  get instance(): T {
    if (this.#instance === ABSENT) throw new MissingContextValueError(this.action, 'instance');
    return this.#instance;
  }

  set instance(instance: T) {
    this.#instance = instance;
  }

  /** The same request about one row of several: what the hooks of a bulk action get. */
  forRow<R extends object>(input: R, instance?: T): ActionContext<T, R> {
    const context = new ActionContext<T, R>(this.request, this.reply, this.principal, this.action, this.method);
    const { isDetail, model, parentKey, authorization, output, namedParts, parsedParams } = this;
    Object.assign(context, { isDetail, model, parentKey, authorization, output, namedParts, parsedParams });
    context.input = input;
    if (instance) context.instance = instance;
    return context;
  }

  get hasInstance(): boolean {
    return this.#instance !== ABSENT;
  }

  /**
   * The validated body.
   *
   * @throws MissingContextValueError in an action that accepts none.
   */
  get input(): I {
    if (this.#input === ABSENT) throw new MissingContextValueError(this.action, 'input');
    return this.#input;
  }

  set input(input: I) {
    this.#input = input;
  }
}
