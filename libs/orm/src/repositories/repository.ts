import { InjectManager } from '../core-orm.tokens.js';
import { DoesNotExistError, InvalidLookupError } from '../errors/orm.errors.js';
import type { ModelClass } from '../fields/field-definition.js';
import { modelDefinition } from '../models/model-definition.js';
import { assignValues, checkValues } from '../models/row-values.js';
import type { SoftDeletable } from '../models/soft-delete.js';
import type { PlainModel } from '../models/plain.model.js';
import type { DynamicLookups } from '../querysets/condition.js';
import { givenOptions } from '../querysets/given-arguments.js';
import type { Changes, CheckedChanges } from '../querysets/expression-types.js';
import type { CheckedLookups, KeyOf, NewRow } from '../querysets/lookup-types.js';
import type { Manager } from '../querysets/manager.js';
import type { QuerySet } from '../querysets/query-set.js';
import type { Page, PageRequest, Slice } from './page.js';

/**
 * The rows of one model behind names of the domain: what {@link Repository} makes classes extend. Every method asks
 * {@link query}, so that overriding it limits all of them.
 */
export abstract class ModelRepository<T extends PlainModel> {
  /** The model's Manager in the application that injects the repository. */
  readonly objects!: Manager<T>;

  /** The rows that the repository speaks of; override it to leave some out or to load relations along. */
  query(): QuerySet<T> {
    return this.objects;
  }

  /** Starts a query of the repository's rows. */
  filter<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): QuerySet<T> {
    return this.query().where(lookups);
  }

  all(): Promise<T[]> {
    return this.query().all();
  }

  /** The row with that key. @throws DoesNotExistError when there is none. */
  async get(id: KeyOf<T>): Promise<T> {
    const row = await this.getById(id);
    if (row) return row;
    throw new DoesNotExistError(this.objects.model.name);
  }

  /** The row with that key, or `null`. */
  getById(id: KeyOf<T>): Promise<T | null> {
    return this.#withKey(this.query(), id).getOrNull();
  }

  findBy<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<T[]> {
    return this.query().where(lookups).all();
  }

  /** The first row that matches, or `null`. */
  findOneBy<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<T | null> {
    return this.query().where(lookups).first();
  }

  /** Some rows in the order of the query, by key where it has none, and how many there are in all. */
  async getMulti(slice?: Slice, rows: QuerySet<T> = this.query()): Promise<[T[], number]> {
    const { skip = 0, limit = 100 } = givenOptions({ model: this.objects.model.name, what: 'getMulti' }, slice);
    return [await this.#sorted(rows).offset(skip).limit(limit).all(), await rows.count()];
  }

  /** Rows by pages, in the order of the query, by key where it has none. */
  async paginate(request?: PageRequest, rows: QuerySet<T> = this.query()): Promise<Page<T>> {
    const asked = { model: this.objects.model.name, what: 'paginate' };
    const { page = 1, perPage = 20 } = givenOptions(asked, request);
    const isCount = (number: number) => Number.isSafeInteger(number) && number >= 1;
    if (!isCount(page) || !isCount(perPage) || !isCount(page * perPage)) {
      throw new InvalidLookupError(asked.model, 'paginate', 'paginate takes a page and perPage from 1 on.');
    }
    const [items, total] = await this.getMulti({ skip: (page - 1) * perPage, limit: perPage }, rows);
    return {
      items,
      total,
      page,
      perPage,
      pages: Math.max(1, Math.ceil(total / perPage)),
      hasNext: page * perPage < total,
    };
  }

  exists<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<boolean> {
    return this.query().where(lookups).exists();
  }

  async count(): Promise<number>;
  async count<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<number>;
  async count(...lookups: readonly DynamicLookups[]): Promise<number> {
    return lookups.reduce<QuerySet<T>>((rows, given) => rows.where(given), this.query()).count();
  }

  create(values: NewRow<T>): Promise<T> {
    return this.objects.create(values);
  }

  createMany(rows: readonly NewRow<T>[]): Promise<T[]> {
    return this.objects.bulkCreate(rows);
  }

  /** Changes the row with that key and answers it, or `null` when there is none. */
  async update(id: KeyOf<T>, values: NewRow<T>): Promise<T | null> {
    checkValues(modelDefinition(this.objects.model), 'update', values);
    const row = await this.getById(id);
    return row && this.write(row, values);
  }

  /** Changes a row that is loaded: columns that stay the same are not written. */
  async write(row: T, values: NewRow<T>): Promise<T> {
    const definition = modelDefinition(this.objects.model);
    checkValues(definition, 'write', values);
    assignValues(this.objects.entityManager(), definition, row, values);
    return row.save();
  }

  /** Changes all rows that match by one statement and answers how many. */
  updateMany<const W extends DynamicLookups, const C extends Changes<T>>(
    lookups: W & CheckedLookups<T, W>,
    changes: C & CheckedChanges<T, C>,
  ): Promise<number> {
    return this.query()
      .where(lookups)
      .update(changes as never);
  }

  /** Deletes the row with that key for good; `false` when there is none. */
  async delete(id: KeyOf<T>): Promise<boolean> {
    return (await this.#withKey(this.query(), id).delete()) > 0;
  }

  /** Deletes all rows that match for good, by one statement, and answers how many. */
  deleteMany<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<number> {
    return this.query().where(lookups).delete();
  }

  /** Soft-deletes the row with that key; `false` when there is none that is alive. */
  async softDelete(this: T extends SoftDeletable ? ModelRepository<T> : never, id: KeyOf<T>): Promise<boolean>;
  async softDelete(id: KeyOf<T>): Promise<boolean> {
    return (await this.#withKey(this.#softDeletable(), id).softDelete()) > 0;
  }

  /** Brings the soft-deleted row with that key back; `false` when there is none. */
  async restore(this: T extends SoftDeletable ? ModelRepository<T> : never, id: KeyOf<T>): Promise<boolean>;
  async restore(id: KeyOf<T>): Promise<boolean> {
    return (await this.#withKey(this.#softDeletable(), id).restore()) > 0;
  }

  #withKey<M extends object>(rows: QuerySet<M>, id: unknown): QuerySet<M> {
    return rows.where({ [modelDefinition(this.objects.model).primaryKey.name]: id });
  }

  #sorted(rows: QuerySet<T>): QuerySet<T> {
    return rows.ordering.length > 0
      ? rows
      : rows.orderBy(...modelDefinition(this.objects.model).keys.map(({ name }) => name));
  }

  /** Whether the model is soft-deleted is known to the compiler outside, and checked by the query again. */
  #softDeletable(): QuerySet<PlainModel & SoftDeletable> {
    return this.query() as unknown as QuerySet<PlainModel & SoftDeletable>;
  }
}

/** A repository of a model, as other classes ask for it. */
export type Repository<T extends PlainModel> = ModelRepository<T>;

/**
 * A base class for the repository of a model, with its Manager injected; the constructor stays free. Its module imports
 * `CoreOrmModule.forFeature([Model])`.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class PostRepository extends Repository(Post) {
 *   published() {
 *     return this.filter({ isPublished: true }).orderBy('-publishedAt').all();
 *   }
 * }
 * ```
 */
export function Repository<T extends PlainModel>(model: ModelClass<T>): abstract new () => ModelRepository<T> {
  abstract class RepositoryOfModel extends ModelRepository<T> {}
  InjectManager(model)(RepositoryOfModel.prototype, 'objects');
  return RepositoryOfModel;
}
