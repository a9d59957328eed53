import type { AtomicOptions } from '@core-framework/orm';
import type { ResponseFormat } from '@core-framework/config';
import type { StandardActionName } from '../actions/standard-actions.js';
import type { BulkReader } from '../bulk/bulk-reader.js';
import type { ReadPathParameter } from '../options/path-parameter.js';
import type { Authorization } from '../permissions/authorization.js';
import type { ActionContext } from '../pipeline/action-context.js';
import type { Listing } from '../resource/listing.js';
import type { PlainRows } from '../resource/plain-rows.js';
import type { PlannedRoute } from '../routing/route-plan.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import type { OutputShapes } from '../schemas/output-shapes.js';
import type { CompiledOutput } from '../schemas/output.compiler.js';
import type { ViewThrottle } from '../throttling/view-throttle.js';
import type { View } from '../views/view.js';

/** One route of a view with everything that can be decided before a request comes. */
export interface CompiledAction {
  readonly id: string;
  readonly name: string;
  readonly route: PlannedRoute;
  /** Which standard action it is, if it is one. */
  readonly standard?: StandardActionName;
  readonly authorization: Authorization;
  /** How often callers may run it; absent when nothing limits that. */
  readonly throttle?: ViewThrottle;
  /** What the view decides for each request instead; absent what it leaves to its options. */
  readonly perRequest: PerRequest;
  /** The parameters of its own path that are not any text. */
  readonly pathParameters: readonly (readonly [name: string, read: ReadPathParameter])[];
  /** Whether the object is loaded before the action runs. */
  readonly needsInstance: boolean;
  /** The rows that it works on where nothing in it needs an instance; absent where something does. */
  readonly plainRows?: PlainRows;
  readonly input?: CompiledInput;
  /** Reads what a bulk action works on. */
  readonly bulk?: BulkReader;
  /** Whether the input only has what is to be changed. */
  readonly partial: boolean;
  /** What is shown of the result; absent when the action named nothing. */
  readonly output?: CompiledOutput;
  /** What clients may choose of {@link output}. */
  readonly shapes?: OutputShapes;
  /** Shape of its success bodies. */
  readonly responseFormat: ResponseFormat;
  /** What the result is made of. */
  readonly shape: 'one' | 'many' | 'page' | 'none' | 'anything';
  /** How the list that it answers is cut, when it answers one. */
  readonly listing?: Listing;
  /** The transaction that it runs in, if it does. */
  readonly transaction?: AtomicOptions;
  /** Calls the view's method with its parameters filled. */
  invoke(view: View, context: ActionContext): unknown;
}

/** What the hooks of a view answer for one request; a hook that nobody overrode is absent. */
export interface PerRequest {
  authorization?(view: View, context: ActionContext): Promise<Authorization | undefined>;
  input?(view: View, context: ActionContext): Promise<CompiledInput | undefined>;
  output?(view: View, context: ActionContext): Promise<CompiledOutput | undefined>;
}
