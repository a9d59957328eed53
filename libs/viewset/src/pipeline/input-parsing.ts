import type { CompiledAction } from '../compiler/compiled-action.js';
import type { CompiledInput } from '../schemas/compiled-input.js';
import { GenericViewSet } from '../views/generic.viewset.js';
import type { View } from '../views/view.js';
import type { ActionContext } from './action-context.js';
import { isLater } from './later.js';
import { readBody } from './request-body.js';

/**
 * Reads the body of a request and makes the input of it.
 *
 * @throws ParseException, PayloadTooLargeException, UnsupportedMediaTypeException, InvalidInputException
 */
export async function parseInput(
  { partial, route }: CompiledAction,
  view: View,
  context: ActionContext,
  schema: CompiledInput,
): Promise<object> {
  const instance = context.hasInstance ? context.instance : undefined;
  const scope = view instanceof GenericViewSet ? view.relationScopeFor(context) : undefined;
  const body = readBody(context.request, route.options?.form ?? schema.uploads.size > 0);
  return schema.read(isLater(body) ? await body : body, { partial, instance, scope });
}
