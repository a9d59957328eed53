import { create } from '../actions/create.action.js';
import { destroy } from '../actions/destroy.action.js';
import { update } from '../actions/update.action.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { ReadOnlyModelViewSet } from './read-only-model.viewset.js';

/**
 * Serves a model: `list`, `retrieve`, `create`, `update`, `partialUpdate` and `destroy`, with the hooks of
 * {@link GenericViewSet} around them.
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
}
