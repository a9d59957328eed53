import type { AnyClass } from '../metadata/viewset.metadata.js';
import { ApiView } from './api.view.js';
import { GenericViewSet } from './generic.viewset.js';

/** What a view is routed by: the standard actions of a model, the same without a model, or verbs. */
export type ViewKind = 'model' | 'plain' | 'api';

export function viewKindOf(view: AnyClass): ViewKind {
  if (view.prototype instanceof ApiView) return 'api';
  return view.prototype instanceof GenericViewSet ? 'model' : 'plain';
}
