import { Field } from '../fields/field.decorator.js';
import { timezone } from '../time/timezone.js';
import { PlainModel, sessionOf } from './plain.model.js';
import { updateRow } from './row-writer.js';

const SOFT_DELETABLE = Symbol.for('@core-framework/orm:soft-deletable');

/** What {@link SoftDelete} gives to instances. */
export interface SoftDeletable {
  /** When the row was soft-deleted; `null` while it is alive. */
  deletedAt: Date | null;
  readonly isDeleted: boolean;
  /**
   * Marks the row as deleted, so that queries no longer find it; writes nothing else that was changed. Rows that point
   * to it stay as they are.
   */
  softDelete(): Promise<this>;
  /** Takes the mark away again. */
  restore(): Promise<this>;
}

/**
 * A base class whose rows can be deleted without going away. Queries leave deleted rows out unless they say
 * `withDeleted()` or `onlyDeleted()`; unique values stay taken. `delete()` still deletes for good.
 *
 * @example
 * ```ts
 * @Model()
 * class Post extends SoftDelete(BaseModel) {}
 * ```
 */
export function SoftDelete<T extends PlainModel>(Base: abstract new () => T): abstract new () => T & SoftDeletable {
  // A class can only extend what is known statically; T comes back in the return type.
  const Plain: abstract new () => PlainModel = Base;
  abstract class SoftDeletableModel extends Plain implements SoftDeletable {
    @Field.datetime({ nullable: true, readOnly: true, index: true }) deletedAt!: Date | null;

    get isDeleted(): boolean {
      return this.deletedAt !== null && this.deletedAt !== undefined;
    }

    softDelete(): Promise<this> {
      return mark(this, this.deletedAt ?? timezone.now());
    }

    restore(): Promise<this> {
      return mark(this, null);
    }
  }
  Object.defineProperty(SoftDeletableModel.prototype, SOFT_DELETABLE, { value: true });
  return SoftDeletableModel as unknown as abstract new () => T & SoftDeletable;
}

async function mark<T extends SoftDeletable>(row: T, time: Date | null): Promise<T> {
  const before = row.deletedAt;
  row.deletedAt = time;
  try {
    await updateRow(sessionOf(row), row, ['deletedAt']);
  } catch (error) {
    row.deletedAt = before;
    throw error;
  }
  return row;
}

/** Whether an instance, or the prototype of a model, comes from {@link SoftDelete}. */
export function isSoftDeletable(row: object): row is SoftDeletable {
  return SOFT_DELETABLE in row;
}
