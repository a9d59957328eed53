import type { SqlEntityManager } from '@mikro-orm/sql';
import { Connections } from '../context/connections.js';
import type { Database } from '../context/database.js';
import type { ModelClass } from '../fields/field-definition.js';
import { runAtomic } from '../transactions/atomic.js';
import { EVERYTHING } from './query-state.js';
import { QuerySet } from './query-set.js';

/**
 * All rows of a model: where every query starts. `Class.objects` follows the work in hand; one that is injected
 * belongs to the application that injects it.
 *
 * A model that names a class of its own as `static managerClass` has managers of that class, with methods of its own.
 *
 * @example
 * ```ts
 * class PostManager extends Manager<Post> {
 *   published() { return this.filter({ isPublished: true }); }
 * }
 * @Model() class Post extends BaseModel {
 *   static readonly managerClass = PostManager;
 *   declare static readonly objects: PostManager;
 * }
 * ```
 */
export class Manager<T extends object> extends QuerySet<T> {
  /**
   * @param where the application whose rows are meant, or one of its databases; without it, that of the work in hand.
   */
  constructor(model: ModelClass<T>, where?: Database | Connections) {
    const place = where instanceof Connections ? { connections: where } : { database: where };
    super(model, where ? { ...EVERYTHING, ...place } : EVERYTHING);
  }

  /** The EntityManager of the work in hand on the database that the rows are in. */
  entityManager(): SqlEntityManager {
    return this.runner().em;
  }

  /** Runs work in a transaction of the database that the rows are in; see {@link runAtomic}. */
  atomic<R>(work: () => Promise<R>): Promise<R> {
    return runAtomic(this.entityManager(), work);
  }
}

/** Makes the manager of a model, of the class that the model names. */
export function createManager<T extends object>(model: ModelClass<T>, where?: Database | Connections): Manager<T> {
  const { managerClass = Manager } = model as { readonly managerClass?: typeof Manager };
  return new managerClass(model, where);
}
