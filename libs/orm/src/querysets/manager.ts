import type { SqlEntityManager } from '@mikro-orm/sql';
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
  constructor(model: ModelClass<T>, database?: Database) {
    super(model, database ? { ...EVERYTHING, database } : EVERYTHING);
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
export function createManager<T extends object>(model: ModelClass<T>, database?: Database): Manager<T> {
  const { managerClass = Manager } = model as { readonly managerClass?: typeof Manager };
  return new managerClass(model, database);
}
