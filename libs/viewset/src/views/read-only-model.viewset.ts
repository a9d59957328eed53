import { list } from '../actions/list.action.js';
import { retrieve } from '../actions/retrieve.action.js';
import type { ActionContext } from '../pipeline/action-context.js';
import { GenericViewSet } from './generic.viewset.js';

/** Serves a model for reading: `list` and `retrieve`. */
export abstract class ReadOnlyModelViewSet<T extends object, I extends object = object> extends GenericViewSet<T, I> {
  /** Answers a page of rows, filtered, searched and sorted as the query asks; an array when pagination is off. */
  list(context: ActionContext<T>): Promise<object> {
    return list(this, context);
  }

  /** Answers the row that the path names. */
  retrieve(context: ActionContext<T>): Promise<object> {
    return retrieve(this, context);
  }
}
