import type { Principal } from '@core-framework/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MissingContextValueError } from '../errors/viewset.errors.js';

const ABSENT: unique symbol = Symbol('absent');

/** What is known of the request that an action answers; hooks and permissions get it. */
export class ActionContext<T extends object = object, I extends object = object> {
  #instance: T | typeof ABSENT = ABSENT;
  #input: I | typeof ABSENT = ABSENT;

  /** @internal Set by the pipeline once the object permissions agreed to it. */
  allowed?: object;

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
    return this.request.params as Record<string, string>;
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
