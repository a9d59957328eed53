import { Inject } from '@nestjs/common';
import type { PlainModel } from '../models/plain.model.js';
import type { SoftDeletable } from '../models/soft-delete.js';
import type { DynamicLookups } from '../querysets/condition.js';
import { givenList, givenRecord } from '../querysets/given-arguments.js';
import type { CheckedLookups, KeyOf, NewRow } from '../querysets/lookup-types.js';
import type { QuerySet } from '../querysets/query-set.js';
import type { Page, PageRequest, Slice } from '../repositories/page.js';
import type { ModelRepository } from '../repositories/repository.js';

/** The row type behind a repository. */
type RowOf<R> = R extends ModelRepository<infer T> ? T : never;

/**
 * The use cases of one model: what {@link Service} makes classes extend. Each write, and the hooks around it, is one
 * transaction: a hook that throws undoes it.
 */
export abstract class ModelService<T extends PlainModel, R extends ModelRepository<T> = ModelRepository<T>> {
  /** What the service reads and writes by. */
  readonly repository!: R;

  /** The row with that key. @throws DoesNotExistError when there is none. */
  get(id: KeyOf<T>): Promise<T> {
    return this.repository.get(id);
  }

  getById(id: KeyOf<T>): Promise<T | null> {
    return this.repository.getById(id);
  }

  getMulti(slice?: Slice): Promise<[T[], number]> {
    return this.repository.getMulti(slice);
  }

  paginate(page?: PageRequest): Promise<Page<T>> {
    return this.repository.paginate(page);
  }

  exists<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<boolean> {
    return this.repository.query().where(lookups).exists();
  }

  async count(): Promise<number>;
  async count<const W extends DynamicLookups>(lookups: W & CheckedLookups<T, W>): Promise<number>;
  async count(...lookups: readonly DynamicLookups[]): Promise<number> {
    return lookups.reduce<QuerySet<T>>((rows, given) => rows.where(given), this.repository.query()).count();
  }

  async create(values: NewRow<T>): Promise<T> {
    this.#checkRecord('create', values);
    return this.atomic(async () => {
      const row = await this.repository.create(await this.beforeCreate(values));
      await this.afterCreate(row);
      return row;
    });
  }

  /** Creates several rows, each with its hooks, all or none of them. */
  async createMany(rows: readonly NewRow<T>[]): Promise<T[]> {
    const asked = { model: this.repository.objects.model.name, what: 'createMany' };
    for (const row of givenList(asked, rows)) givenRecord(asked, row);
    return this.atomic(async () => {
      const values: NewRow<T>[] = [];
      for (const row of rows) values.push(await this.beforeCreate(row));
      const created = await this.repository.createMany(values);
      for (const row of created) await this.afterCreate(row);
      return created;
    });
  }

  /** Changes the row with that key and answers it, or `null` when there is none. */
  async update(id: KeyOf<T>, values: NewRow<T>): Promise<T | null> {
    this.#checkRecord('update', values);
    return this.#change(id, async (row) => {
      await this.repository.write(row, await this.beforeUpdate(row, values));
      await this.afterUpdate(row);
    });
  }

  /** Deletes the row with that key for good; `false` when there is none. */
  async delete(id: KeyOf<T>): Promise<boolean> {
    return this.#remove(id, (row) => row.delete());
  }

  /** Soft-deletes the row with that key; `false` when there is none that is alive. */
  async softDelete(this: T extends SoftDeletable ? ModelService<T> : never, id: KeyOf<T>): Promise<boolean>;
  async softDelete(id: KeyOf<T>): Promise<boolean> {
    return this.#remove(id, (row) => (row as T & SoftDeletable).softDelete());
  }

  /** Brings the soft-deleted row with that key back; `false` when there is none. */
  async restore(this: T extends SoftDeletable ? ModelService<T> : never, id: KeyOf<T>): Promise<boolean>;
  async restore(id: KeyOf<T>): Promise<boolean> {
    return (this.repository as unknown as ModelRepository<PlainModel & SoftDeletable>).restore(id);
  }

  /** Runs work in a transaction of the model's database. */
  protected atomic<V>(work: () => Promise<V>): Promise<V> {
    return this.repository.objects.atomic(work);
  }

  /** Called before a row is created; answers its values. */
  protected async beforeCreate(values: NewRow<T>): Promise<NewRow<T>> {
    return values;
  }

  /** Called with a row that was created. */
  protected async afterCreate(_row: T): Promise<void> {}

  /** Called before a row is changed; answers what it is to change to. */
  protected async beforeUpdate(_row: T, values: NewRow<T>): Promise<NewRow<T>> {
    return values;
  }

  /** Called with a row that was changed. */
  protected async afterUpdate(_row: T): Promise<void> {}

  /** Called before a row is deleted or soft-deleted. */
  protected async beforeDelete(_row: T): Promise<void> {}

  /** Called after a row was deleted or soft-deleted. */
  protected async afterDelete(_row: T): Promise<void> {}

  /** Before hooks see it: awaiting one that is no plain object would ask it for `then`. */
  #checkRecord(what: string, values: unknown): void {
    givenRecord({ model: this.repository.objects.model.name, what }, values);
  }

  async #remove(id: KeyOf<T>, remove: (row: T) => Promise<unknown>): Promise<boolean> {
    const removed = await this.#change(id, async (row) => {
      await this.beforeDelete(row);
      await remove(row);
      await this.afterDelete(row);
    });
    return removed !== null;
  }

  #change(id: KeyOf<T>, change: (row: T) => Promise<void>): Promise<T | null> {
    return this.atomic(async () => {
      const row = await this.repository.getById(id);
      if (row) await change(row);
      return row;
    });
  }
}

/** A service of a model, as other classes ask for it. */
export type Service<T extends PlainModel> = ModelService<T>;

/**
 * A base class for the service of a model, with its repository injected; the constructor stays free.
 *
 * @example
 * ```ts
 * @Injectable()
 * export class PostService extends Service(PostRepository) {
 *   protected override async afterCreate(post: Post) {
 *     onCommit(() => this.mailer.announce(post.id));
 *   }
 * }
 * ```
 */
export function Service<R extends ModelRepository<PlainModel>>(
  repository: new (...dependencies: never[]) => R,
): abstract new () => ModelService<RowOf<R>, R & ModelRepository<RowOf<R>>> {
  abstract class ServiceOfRepository extends ModelService<RowOf<R>, R & ModelRepository<RowOf<R>>> {}
  Inject(repository)(ServiceOfRepository.prototype, 'repository');
  return ServiceOfRepository;
}
