import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '../principal/principal.js';

const storage = new AsyncLocalStorage<RequestContext>();

/** Names a value that a package keeps in the context, typed by what it keeps. */
export class ContextKey<T> {
  declare readonly valueType: T;

  constructor(readonly description: string) {}
}

/**
 * What belongs to one unit of work: a request, a task, an event, a command, a test.
 *
 * It follows the work through every `await` (AsyncLocalStorage). Packages keep their own things in it
 * under a {@link ContextKey}, so that nothing of one request is seen by another.
 */
export class RequestContext {
  #values?: Map<ContextKey<unknown>, unknown>;

  constructor(
    /** Identifies the work in logs and answers. */
    readonly requestId?: string,
    /** Who it is done for; set once the caller is known. */
    public principal?: Principal,
  ) {}

  /** Runs `work` in `context`; what it starts and awaits sees the same context. */
  static run<T>(context: RequestContext, work: () => T): T {
    return storage.run(context, work);
  }

  /** The context of the work in hand, `undefined` outside any. */
  static current(): RequestContext | undefined {
    return storage.getStore();
  }

  get<T>(key: ContextKey<T>): T | undefined {
    return this.#values?.get(key) as T | undefined;
  }

  set<T>(key: ContextKey<T>, value: T): void {
    (this.#values ??= new Map()).set(key, value);
  }

  delete(key: ContextKey<unknown>): void {
    this.#values?.delete(key);
  }
}
