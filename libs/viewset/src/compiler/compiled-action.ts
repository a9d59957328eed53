import type { StandardActionName } from '../actions/standard-actions.js';
import type { Authorization } from '../permissions/authorization.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { Listing } from '../resource/listing.js';
import type { PlannedRoute } from '../routing/route-plan.js';
import type { CompiledInput } from '../schemas/input.compiler.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { View } from '../views/view.js';

/** One route of a view with everything that can be decided before a request comes. */
export interface CompiledAction {
  readonly id: string;
  readonly name: string;
  readonly route: PlannedRoute;
  /** Which standard action it is, if it is one. */
  readonly standard?: StandardActionName;
  readonly authorization: Authorization;
  /** Whether the object is loaded before the action runs. */
  readonly needsInstance: boolean;
  readonly input?: CompiledInput;
  /** Whether the input only has what is to be changed. */
  readonly partial: boolean;
  /** What is shown of the result; absent when the action named nothing. */
  readonly output?: CompiledOutput;
  /** What the result is made of. */
  readonly shape: 'one' | 'many' | 'page' | 'none' | 'anything';
  /** How the list that it answers is cut, when it answers one. */
  readonly listing?: Listing;
  readonly transaction: boolean;
  /** Calls the view's method with its parameters filled. */
  invoke(view: View, context: ActionContext): unknown;
}
