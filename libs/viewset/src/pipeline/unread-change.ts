import type { CompiledAction } from '../compiler/compiled-action.js';
import type { PlainRows } from '../resource/plain-rows.js';
import type { Resource } from '../resource/resource.js';
import type { Row } from '../schemas/output-property.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import type { View } from '../views/view.js';
import type { ActionContext } from './action-context.js';
import { parseInput } from './input-parsing.js';
import { isLater } from './later.js';

/** A request to change a row, as far as the pipeline has come with it. */
interface Change {
  readonly action: CompiledAction;
  readonly resource: Resource | undefined;
  readonly view: View;
  readonly context: ActionContext;
  readonly plain: PlainRows;
}

/**
 * Changes the row that the path names by one statement, whose condition is all that would be asked before: what the path
 * names, the caller's scope, and what the permissions say of objects. Answers `undefined` when that finds no row to
 * change, or anything is wrong with the request: then all is asked one after the other as ever, so that every answer and
 * the order of answers stay the same.
 */
export async function changeUnread({ action, resource, view, context, plain }: Change): Promise<Row | undefined> {
  const { request, query, params } = context;
  if (request.headers['if-match'] !== undefined || Object.keys(query).length > 0) return undefined;
  const agreed = await context.authorization?.objectLookups(context);
  const { input } = action;
  if (!agreed || !resource || !input || !(view instanceof GenericViewSet)) return undefined;
  const values = await rightInput(() => parseInput(action, view, context, input));
  // What must be unique is looked for with the row's own key.
  if (!values || resource.unique.concerns(values)) return undefined;
  const narrowed = resource.narrowed(view, context);
  const rows = resource.lookup.narrow(isLater(narrowed) ? await narrowed : narrowed, params);
  return rows.isConditional ? plain.changeAmong(rows.where(agreed), values) : undefined;
}

/** The input of a request; `undefined` when it has none that is right, which is said when its turn comes. */
async function rightInput(parse: () => Promise<object>): Promise<object | undefined> {
  try {
    return await parse();
  } catch {
    return undefined;
  }
}
