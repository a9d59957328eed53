import { create } from '../actions/create.action.js';
import { destroy } from '../actions/destroy.action.js';
import { list } from '../actions/list.action.js';
import { restore } from '../actions/restore.action.js';
import { update } from '../actions/update.action.js';
import { bulkCreate, bulkDestroy, bulkUpdate } from '../bulk/bulk.actions.js';
import type { BulkChange } from '../bulk/bulk-reader.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { ReadOnlyModelViewSet } from './read-only-model.viewset.js';

/**
 * Serves a model: `list`, `retrieve`, `create`, `update`, `partialUpdate` and `destroy`, with the hooks of
 * {@link GenericViewSet} around them; `trash` and `restore` where rows are soft-deleted, and the `bulk…` actions that
 * the option `bulk` asks for.
 *
 * @example
 * @ViewSet({ model: Post })
 * class PostViewSet extends ModelViewSet<Post> {
 *   constructor(private readonly mailer: Mailer) { super(); }
 *   override getQuerySet() { return super.getQuerySet().filter({ isPublished: true }); }
 * }
 */
export abstract class ModelViewSet<T extends object, I extends object = object> extends ReadOnlyModelViewSet<T, I> {
  /** Writes a new row of the validated input and answers it. */
  create(context: ActionContext<T, I>): Promise<object> {
    return create(this, context);
  }

  /** Changes the row to the validated input; optional fields that were not sent keep their values. */
  update(context: ActionContext<T, I>): Promise<object> {
    return update(this, context);
  }

  /** Changes only what was sent. */
  partialUpdate(context: ActionContext<T, I>): Promise<object> {
    return update(this, context);
  }

  /** Deletes the row. */
  destroy(context: ActionContext<T>): Promise<void> {
    return destroy(this, context);
  }

  /** Answers a page of soft-deleted rows, as `list` does of the others. */
  trash(context: ActionContext<T>): Promise<object> {
    return list(this, context);
  }

  /** Brings a soft-deleted row back and answers it. */
  restore(context: ActionContext<T>): Promise<object> {
    return restore(this, context);
  }

  /** Writes many new rows, all or none, and answers them. */
  bulkCreate(context: ActionContext<T, readonly I[]>): Promise<readonly object[]> {
    return bulkCreate(this, context);
  }

  /** Changes many rows, all or none, and answers them. */
  bulkUpdate(context: ActionContext<T, readonly BulkChange<T, I>[]>): Promise<readonly object[]> {
    return bulkUpdate(this, context);
  }

  /** Changes only what was sent of many rows. */
  bulkPartialUpdate(context: ActionContext<T, readonly BulkChange<T, I>[]>): Promise<readonly object[]> {
    return bulkUpdate(this, context);
  }

  /** Deletes many rows, all or none. */
  bulkDestroy(context: ActionContext<T, readonly T[]>): Promise<void> {
    return bulkDestroy(this, context);
  }
}
