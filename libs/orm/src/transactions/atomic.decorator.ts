import { atomic, type AtomicOptions } from './atomic.js';

const ATOMIC = Symbol.for('@core-framework/orm:atomic');

/** A method that answers a promise. */
type AsyncMethod = (...args: never[]) => Promise<unknown>;

/**
 * Runs each call of an asynchronous method in a transaction of its own, or in a savepoint where one is open: {@link atomic}
 * around its body. What other decorators recorded on the method is kept, in whichever order they stand.
 *
 * @example
 * ```ts
 * @Injectable()
 * class Orders {
 *   @Atomic({ retries: 3 })
 *   async place(order: NewOrder) { … }
 * }
 * ```
 */
export function Atomic(options: AtomicOptions = {}) {
  return <M extends AsyncMethod>(
    _target: object,
    _name: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void => {
    const method = descriptor.value as M;
    function inTransaction(this: unknown, ...args: Parameters<M>): Promise<unknown> {
      const call: () => Promise<unknown> = () => Reflect.apply(method, this, args);
      return atomic(call, options);
    }
    for (const key of ['name', 'length'] as const) {
      Object.defineProperty(inTransaction, key, { value: method[key], configurable: true });
    }
    for (const key of Reflect.getOwnMetadataKeys(method)) {
      Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, method), inTransaction);
    }
    Object.defineProperty(inTransaction, ATOMIC, { value: true });
    descriptor.value = inTransaction as unknown as M;
  };
}

/** Whether a method runs in a transaction because of {@link Atomic}. */
export function isAtomic(method: unknown): boolean {
  return typeof method === 'function' && ATOMIC in method;
}
